import type { Line, Picture } from '../../analysis/graph/picture.ts';
import { PEERING_STATES, type PeeringState } from '../../shared/domain/facts/peering.ts';

export const COLOR_BY = ['state', 'rule', 'region'] as const;
export type ColorBy = (typeof COLOR_BY)[number];

/** What lines or VPCs have in common, in the legend. */
export interface Category {
  readonly label: string;
  readonly color: Shade;
  /** Lengths of strokes and gaps in pixels: colour alone tells nothing to some. */
  readonly dash: readonly number[];
  /** How many lines are of it. */
  readonly count: number;
}

/** A colour on light ground and on dark. */
interface Shade {
  readonly light: string;
  readonly dark: string;
}

export interface Coloring {
  readonly categories: readonly Category[];
  /** The category of each line. */
  readonly ofLine: readonly number[];
  /** The category of each circle; -1 where it has none. */
  readonly ofCircle: readonly number[];
}

/** Told apart by those who see red and green alike, three to one at least against the ground. */
const SHADES: readonly Shade[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#b35c00', dark: '#e69f00' },
  { light: '#007a5a', dark: '#2fbf8f' },
  { light: '#a03b8b', dark: '#d98cc9' },
  { light: '#5b6abf', dark: '#9aa5f0' },
  { light: '#8a6d00', dark: '#d4b106' },
  { light: '#c0392b', dark: '#ff7b6b' },
  { light: '#00808a', dark: '#3cc6d1' },
  { light: '#6b4f3a', dark: '#c09a7a' },
];
const GREY: Shade = { light: '#6e7781', dark: '#8b949e' };
const BLUE: Shade = { light: '#0072b2', dark: '#56b4e9' };
const AMBER: Shade = { light: '#b35c00', dark: '#e69f00' };
const RED: Shade = { light: '#c0392b', dark: '#ff7b6b' };

export function coloringOf(picture: Picture, by: ColorBy): Coloring {
  const { circles, lines } = picture;
  const none = circles.map(() => -1);
  switch (by) {
    case 'state':
      return {
        ...sorted(
          lines.map(({ state }) => state),
          stateLook,
          PEERING_STATES,
        ),
        ofCircle: none,
      };
    case 'rule': {
      const { look, known } = ranked(lines.flatMap(({ rule }) => rule ?? []));
      return { ...sorted(lines.map(ruleOf(known)), look, [...known, OTHER, NO_RULE]), ofCircle: none };
    }
    case 'region': {
      const regions = circles.flatMap(({ region }) => region ?? []);
      const { look, known } = ranked(regions);
      const named = (region = OTHER): string => (known.includes(region) ? region : OTHER);
      const words = lines.map(({ from, to }) => {
        const [one, other] = [circles[from]?.region, circles[to]?.region];
        return one === other ? named(one) : BETWEEN;
      });
      const order = [...known, OTHER, BETWEEN];
      const result = sorted(words, look, order, new Set(regions.map(named)));
      const places = new Map(result.categories.map(({ label }, index) => [label, index]));
      return {
        ...result,
        ofCircle: circles.map(({ region }) =>
          region === undefined ? -1 : (places.get(named(region)) ?? -1),
        ),
      };
    }
  }
}

const OTHER = 'others';
const NO_RULE = 'no rule';
const BETWEEN = 'between regions';

const ruleOf =
  (known: readonly string[]) =>
  ({ rule }: Line): string => {
    if (rule === undefined) return NO_RULE;
    return known.includes(rule) ? rule : OTHER;
  };

type Look = (label: string) => Pick<Category, 'color' | 'dash'>;

/** The most frequent have a colour each. */
function ranked(words: readonly string[]): { readonly look: Look; readonly known: readonly string[] } {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const known = [...counts]
    .toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, SHADES.length)
    .map(([word]) => word);
  const shades = new Map(known.map((word, index) => [word, SHADES[index] ?? GREY]));
  return {
    look: (label) => ({ color: shades.get(label) ?? GREY, dash: label === NO_RULE ? [2, 4] : [] }),
    known,
  };
}

function stateLook(label: string): ReturnType<Look> {
  const state: PeeringState | undefined = PEERING_STATES.find((known) => known === label);
  switch (state) {
    case undefined:
    case 'expired':
    case 'deleting':
    case 'deleted':
      return { color: GREY, dash: [2, 4] };
    case 'active':
      return { color: BLUE, dash: [] };
    case 'initiating-request':
    case 'pending-acceptance':
    case 'provisioning':
      return { color: AMBER, dash: [7, 4] };
    case 'rejected':
    case 'failed':
      return { color: RED, dash: [2, 4] };
  }
}

/** Categories in the given order, without those that nothing is of. */
function sorted(
  words: readonly string[],
  look: Look,
  order: readonly string[],
  kept: ReadonlySet<string> = new Set(),
): Omit<Coloring, 'ofCircle'> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const labels = order.filter((label) => counts.has(label) || kept.has(label));
  const places = new Map(labels.map((label, index) => [label, index]));
  return {
    categories: labels.map((label) => ({ label, ...look(label), count: counts.get(label) ?? 0 })),
    ofLine: words.map((word) => places.get(word) ?? 0),
  };
}
