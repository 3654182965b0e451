import { bendOf } from '../../analysis/graph/bend.ts';
import type { Scene } from './scene.ts';

/** A stroke on the screen: one line, or all lines between two accounts or OUs. */
export interface Stroke {
  readonly from: number;
  readonly to: number;
  readonly bendX: number;
  readonly bendY: number;
  /** Index of the category that most of its lines are of. */
  readonly category: number;
  readonly count: number;
}

/** Strokes from the finest to the coarsest: lines, lines between accounts, lines between OUs. */
export type Levels = readonly (readonly Stroke[])[];

/** So many strokes in view are still told apart, and drawn in a few milliseconds. */
const IN_VIEW_MAX = 1500;

/**
 * @param categoryOf the category of a line by its index; `undefined` for one that is hidden
 */
export function levelsOf(scene: Scene, categoryOf: (line: number) => number | undefined): Levels {
  const { circles, lines } = scene.picture;
  const up = (index: number): number => circles[index]?.parent ?? -1;
  const single = lines.flatMap(({ from, to }, index): readonly Stroke[] => {
    const [category, bend] = [categoryOf(index), scene.bends[index]];
    if (category === undefined || bend === undefined) return [];
    return [{ from, to, bendX: bend.x, bendY: bend.y, category, count: 1 }];
  });
  const between = (end: (vpc: number) => number): readonly Stroke[] => {
    const groups = new Map<number, Stroke[]>();
    for (const stroke of single) {
      const [one, other] = [end(stroke.from), end(stroke.to)];
      // What stays within one account is seen nearer by.
      if (one === other || one < 0 || other < 0) continue;
      const key = Math.min(one, other) * circles.length + Math.max(one, other);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [stroke]);
      else group.push(stroke);
    }
    return [...groups].map(([key, group]) => {
      const [from, to] = [Math.floor(key / circles.length), key % circles.length];
      const bend = bendOf(from, to, circles);
      return { from, to, bendX: bend.x, bendY: bend.y, category: mostOf(group), count: group.length };
    });
  };
  return [single, between(up), between((vpc) => up(up(vpc)))];
}

function mostOf(group: readonly Stroke[]): number {
  const counts = new Map<number, number>();
  for (const { category } of group) counts.set(category, (counts.get(category) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

/**
 * The finest level of which not too much is in view.
 *
 * @param zoom 1 for the whole picture; at 2 about a quarter of it is seen
 */
export function levelAt(levels: Levels, zoom: number): readonly Stroke[] {
  const part = Math.min(1, 1 / zoom ** 2);
  return levels.find((strokes) => strokes.length * part <= IN_VIEW_MAX) ?? levels.at(-1) ?? [];
}
