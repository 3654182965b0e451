import type { PairGroup, PolicyDiff } from '../../analysis/access/diff.ts';
import type { Growth } from '../../analysis/access/growth.ts';
import type { Facet } from '../../analysis/access/outcome-change.ts';
import type { Effect, LiveChange, LivePeering, LiveState } from '../../analysis/access/live-peerings.ts';
import type { SnapshotIndex } from '../../analysis/access/snapshot-index.ts';
import type { Strangers } from '../../analysis/access/strangers.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import type { Paint } from './table.ts';
import { counted, grouped, leftOutLines, outcomeText, shortAccount, sideText } from './words.ts';

/** More than people read; `--json` has them all. */
const GROUPS_MAX = 40;
const PEERINGS_MAX = 10;

interface Style {
  readonly index: SnapshotIndex;
  readonly strangers: Strangers;
  readonly paint: Paint;
}

/** A diff for people: the live peerings first, for the deploy reaches them at once. */
export function diffText(diff: PolicyDiff, index: SnapshotIndex, paint: Paint): string {
  const style = { index, strangers: diff.outside.strangers, paint };
  const sections = [
    `${paint.bold(HEADLINES[diff.growth])}\n`,
    ...changeLines(diff, style),
    ...guardrailLines(diff, style),
    ...leftOutLines(diff.leftOut, index).map((line) => `${paint.yellow('left out')}  ${line}\n`),
    ...trialLines(diff, style),
  ];
  return sections.join('');
}

const changeLines = (diff: Changes, style: Style): readonly string[] => [
  ...peeringLines(diff, style),
  ...pairLines(diff, style),
  ...outsideLines(diff, style),
];

/** The trial by itself, so that nobody takes what it would change for what the deploy changes. */
function trialLines({ trial }: PolicyDiff, style: Style): readonly string[] {
  if (trial === undefined) return [];
  const { rules, diff } = trial;
  const { paint, index } = style;
  const title = `Trial ${rules.length === 1 ? 'rule' : 'rules'} ${shortList(rules)}`;
  return [
    '\n',
    `${paint.bold(title)} would change this, and decide nothing yet: ${TRIAL_HEADLINES[diff.growth]}\n`,
    ...changeLines(diff, { index, strangers: diff.outside.strangers, paint }),
  ];
}

const TRIAL_HEADLINES = {
  grew: 'access would grow.',
  unclear: 'access might grow.',
  shrank: 'access would shrink, and grow nowhere.',
  same: 'access would stay the same.',
} as const satisfies Record<Growth, string>;

type Changes = Omit<PolicyDiff, 'trial'>;

const HEADLINES = {
  grew: 'Access grows.',
  unclear: 'Access may grow: see what is marked with ?.',
  shrank: 'Access shrinks, and grows nowhere.',
  same: 'Access stays the same.',
} as const satisfies Record<Growth, string>;

const MARKS = { grew: '+', unclear: '?', shrank: '-', same: '~' } as const satisfies Record<Growth, string>;

function mark(growth: Growth, paint: Paint): string {
  const color = { grew: paint.red, unclear: paint.yellow, shrank: paint.green, same: paint.dim }[growth];
  return color(MARKS[growth]);
}

function peeringLines({ peerings: { total, changes } }: Changes, style: Style): readonly string[] {
  const { paint } = style;
  const title = `${paint.bold('Live peerings')}: ${changes.length} of ${counted(total, 'peering')} will be decided otherwise\n`;
  const groups = Map.groupBy(changes, (change) => liveKey(change));
  return [
    '\n',
    title,
    ...[...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { before, after, change, isApprovalVoid } = first;
      const more =
        group.length > PEERINGS_MAX
          ? [`      and ${grouped(group.length - PEERINGS_MAX)} more (--json)\n`]
          : [];
      return [
        `  ${mark(change.growth, paint)} ${stateText(before)} → ${stateText(after)}\n`,
        ...(isApprovalVoid
          ? ['      an approval covers the policy it was given under: it must be given anew\n']
          : []),
        ...change.options.map((option) => `      ${option}\n`),
        ...group.slice(0, PEERINGS_MAX).map(({ peering }) => `      ${peeringText(peering, style)}\n`),
        ...more,
      ];
    }),
  ];
}

const liveKey = ({ before, after, change }: LiveChange): string =>
  JSON.stringify([stateText(before), stateText(after), change.growth, change.options]);

const stateText = ({ outcome, effect }: LiveState): string =>
  `${EFFECT_WORDS[effect]} (${outcomeText(outcome)})`;

const EFFECT_WORDS = {
  connected: 'connected',
  'needs-approval': 'needs an approval',
  held: 'held',
  rejected: 'rejected',
  ignored: 'ignored',
  'unsanctioned-report': 'unsanctioned: reported',
  'unsanctioned-quarantine': 'unsanctioned: loses its routes',
  'unsanctioned-delete': 'unsanctioned: deleted',
} as const satisfies Record<Effect, string>;

function peeringText({ id, state, requester, accepter }: LivePeering, { index }: Style): string {
  const side = ({ accountId, vpcId, region }: LivePeering['requester']): string =>
    `${vpcId} of ${shortAccount(accountId, index)}, ${region}`;
  return `${id} ${state}: ${side(requester)} → ${side(accepter)}`;
}

function pairLines({ pairs }: Changes, style: Style): readonly string[] {
  const { total, changed, byGrowth, groups } = pairs;
  const { paint } = style;
  const parts = GROWTHS.filter((growth) => byGrowth[growth] > 0).map(
    (growth) => `${grouped(byGrowth[growth])} ${GROWTH_WORDS[growth]}`,
  );
  const sum = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return [
    '\n',
    `${paint.bold('Pairs of VPCs')} (requester → accepter): ${grouped(changed)} of ${counted(total, 'pair')} change${sum}\n`,
    ...groupLines(groups, style, ({ pairs: count }) => counted(count, 'pair')),
  ];
}

const GROWTHS = ['grew', 'unclear', 'shrank', 'same'] as const satisfies readonly Growth[];
const GROWTH_WORDS = {
  grew: 'gain access',
  unclear: 'may gain access',
  shrank: 'lose access',
  same: 'keep theirs',
} as const satisfies Record<Growth, string>;

function groupLines(
  groups: readonly PairGroup[],
  { index, strangers, paint }: Style,
  count: (group: PairGroup) => string,
): readonly string[] {
  const lines = groups.slice(0, GROUPS_MAX).flatMap((group) => {
    const { before, after, change, examples } = group;
    const facets = change.facets.map((facet) => FACET_WORDS[facet]).join(', ');
    return [
      `  ${mark(change.growth, paint)} ${outcomeText(before)} → ${outcomeText(after)}  ${paint.dim([count(group), facets].filter(Boolean).join('; '))}\n`,
      ...change.options.map((option) => `      ${option}\n`),
      ...examples.map(
        ({ requester, accepter }) =>
          `      e.g. ${sideText(requester, index, strangers)} → ${sideText(accepter, index, strangers)}\n`,
      ),
    ];
  });
  if (groups.length > GROUPS_MAX)
    lines.push(`  and ${grouped(groups.length - GROUPS_MAX)} more groups (--json)\n`);
  return lines;
}

const FACET_WORDS = {
  decision: 'decision changed',
  'approval-needed': 'approval now needed',
  'approval-dropped': 'no approval needed any more',
  rule: 'rule changed',
  options: 'options changed',
} as const satisfies Record<Facet, string>;

function outsideLines({ outside: { groups, strangers } }: Changes, style: Style): readonly string[] {
  const { paint } = style;
  const cut = strangers.isCut
    ? [
        `${paint.yellow('left out')}  the policies name too many accounts outside, regions and CIDRs to try them all\n`,
      ]
    : [];
  if (groups.length === 0) return cut;
  return [
    '\n',
    `${paint.bold('With accounts outside the organization')}, whose VPCs nobody can list:\n`,
    ...groupLines(groups, style, () => ''),
    ...cut,
  ];
}

function guardrailLines({ guardrails }: PolicyDiff, { paint }: Style): readonly string[] {
  const lines = GUARDRAILS.flatMap((name) => {
    const change = guardrails[name];
    if (change === undefined) return [];
    const { before, after, growth } = change;
    return [`  ${mark(growth, paint)} ${GUARDRAIL_WORDS[name]}: ${before} → ${after}\n`];
  });
  return lines.length === 0 ? [] : ['\n', `${paint.bold('Guardrails')}\n`, ...lines];
}

const GUARDRAILS = ['unsanctioned', 'unapproved', 'atMost'] as const;
const GUARDRAIL_WORDS = {
  unsanctioned: 'active peerings that no rule allows',
  unapproved: 'active peerings that nobody approved',
  atMost: 'peerings an hour that may lose their routes',
} as const satisfies Record<(typeof GUARDRAILS)[number], string>;
