import type { DetailType } from '../shared/domain/words/notice.ts';
import type { BothSides, Check } from './scene.ts';
import type { RouteState, SideState } from './side-state.ts';
import type { Expected } from './story.ts';
import type { TimelineEntry } from './timeline-entry.ts';

interface Played {
  readonly expected: Expected;
  readonly peeringId: string;
  readonly before: BothSides;
  readonly after: BothSides;
  readonly timeline: readonly TimelineEntry[];
}

/** What each outcome is, in EC2's words and in those of the notice that people ought to get. */
const OUTCOMES: Readonly<
  Record<Expected, { state: string; notice: DetailType; reason: string | undefined }>
> = {
  connected: { state: 'active', notice: 'Peering Connected', reason: 'rule-allows' },
  rejected: { state: 'rejected', notice: 'Peering Rejected', reason: 'rule-denies' },
  held: { state: 'pending-acceptance', notice: 'Peering Held', reason: 'no-rule-matches' },
  'cleaned-up': { state: 'deleted', notice: 'Peering Cleaned Up', reason: undefined },
};
const CHANNELS = ['sns', 'slack'] as const;

/** Pure: holds what EC2 and the notices say against what the story says. */
export function checkPart(played: Played): Check {
  const { expected } = played;
  const differences = [
    ...stateDifferences(played),
    ...(expected === 'connected' ? connectionDifferences(played) : routeDifferences(played)),
    ...otherRouteDifferences(played),
    ...decisionDifferences(played),
    ...noticeDifferences(played),
  ];
  return { expected, findings: differences.length > 0 ? [] : findings(played), differences };
}

const sidesOf = ({ requester, accepter }: BothSides): readonly SideState[] => [requester, accepter];
const otherSide = (sides: BothSides, { role }: SideState): SideState =>
  role === 'requester' ? sides.accepter : sides.requester;

function stateDifferences({ expected, after }: Played): readonly string[] {
  const { state } = OUTCOMES[expected];
  const states = new Set(sidesOf(after).map(({ peeringState }) => peeringState ?? 'not found'));
  if (states.size === 1 && states.has(state)) return [];
  return [`EC2 says ${[...states].join(' and ')}, not ${state} on both sides.`];
}

/** Every subnet of each side needs a route to every CIDR of the other, and each side its DNS flag. */
function connectionDifferences({ after, peeringId }: Played): readonly string[] {
  return sidesOf(after).flatMap((side) => {
    const { role, tables, dnsFromRemote } = side;
    const { cidrs } = otherSide(after, side);
    const used = tables.filter(({ subnetIds }) => subnetIds.length > 0);
    // Without either, a check of every route would be one of none.
    if (used.length === 0 || cidrs.length === 0) return [`EC2 shows nothing to route for the ${role}.`];
    const lacking = used.flatMap(({ routeTableId, routes }) =>
      cidrs
        .filter((cidr) => !routes.some((route) => leadsTo(route, cidr, peeringId)))
        .map((cidr) => `The ${role}'s ${routeTableId} has no active route to ${cidr} by the peering.`),
    );
    return [...lacking, ...(dnsFromRemote === true ? [] : [`The ${role}'s DNS flag is not on.`])];
  });
}

const leadsTo = ({ destination, target, state }: RouteState, cidr: string, peeringId: string): boolean =>
  destination === cidr && target === peeringId && state === 'active';

function routeDifferences({ after, peeringId }: Played): readonly string[] {
  return sidesOf(after).flatMap(({ role, tables }) =>
    tables.flatMap(({ routeTableId, routes }) =>
      routes
        .filter(({ target }) => target === peeringId)
        .map(
          ({ destination, state }) =>
            `The ${role}'s ${routeTableId} routes ${destination} to it (${state}), and ought not.`,
        ),
    ),
  );
}

/** Whatever leads elsewhere is none of this peering's business. */
function otherRouteDifferences({ before, after, peeringId }: Played): readonly string[] {
  const others = ({ tables }: SideState): string =>
    JSON.stringify(
      tables.map(({ routeTableId, routes }) => [
        routeTableId,
        routes.filter(({ target }) => target !== peeringId),
      ]),
    );
  return sidesOf(after)
    .filter((side) => others(side) !== others(before[side.role]))
    .map(({ role }) => `Routes of the ${role} that lead elsewhere have changed.`);
}

function noticeDifferences({ expected, timeline }: Played): readonly string[] {
  const { notice } = OUTCOMES[expected];
  const channels = new Set(
    timeline.flatMap((entry) =>
      entry.kind === 'notice' && entry.detailType === notice ? entry.channels : [],
    ),
  );
  const untold = CHANNELS.filter((channel) => !channels.has(channel));
  return untold.length === 0 ? [] : [`The notice “${notice}” did not come to ${untold.join(' and ')}.`];
}

function decisionDifferences({ expected, timeline }: Played): readonly string[] {
  const { reason } = OUTCOMES[expected];
  const decided = timeline.flatMap((entry) => (entry.kind === 'decision' ? [entry.reason.code] : []));
  if (decided.length === 0) return ['Nothing was decided.'];
  if (reason === undefined || decided.every((code) => code === reason)) return [];
  return [`It was decided by ${[...new Set(decided)].join(' and ')}, not by ${reason}.`];
}

function findings({ expected, before, after, peeringId }: Played): readonly string[] {
  const routes = (sides: BothSides): number =>
    sidesOf(sides)
      .flatMap(({ tables }) => tables)
      .flatMap((table) => table.routes)
      .filter(({ target }) => target === peeringId).length;
  switch (expected) {
    case 'connected': {
      const subnets = sidesOf(after).flatMap(({ tables }) => tables.flatMap(({ subnetIds }) => subnetIds));
      return ['active on both sides', `${subnets.length} of ${subnets.length} subnets routed`, 'DNS on both'];
    }
    case 'rejected':
      return ['rejected on both sides'];
    case 'held':
      return ['pending acceptance'];
    case 'cleaned-up':
      return ['deleted on both sides', `${routes(before)} routes removed`, 'all others untouched'];
  }
}
