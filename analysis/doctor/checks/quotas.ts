import type { Facts, PlaceFacts } from '../facts.ts';
import { findingsOf, unread, warning, well, type Finding, type Verdict } from '../finding.ts';
import { isEnrolled } from './members.ts';

/** From here on people are told: AWS takes some days to raise a quota. */
const AHEAD = 0.8;

/** Quotas that will hold requests before long. */
export function checkQuotas({ accounts }: Facts): readonly Finding[] {
  if (accounts.kind === 'unknown') {
    const verdict = unread(accounts);
    return [...findingsOf('AP213', [verdict]), ...findingsOf('AP214', [verdict])];
  }
  const places = accounts.value.filter(isEnrolled).flatMap((account) => account.places);
  return [...findingsOf('AP213', places.flatMap(peerings)), ...findingsOf('AP214', places.flatMap(routes))];
}

function peerings(place: PlaceFacts): readonly Verdict[] {
  const { vpcs, quotas } = place;
  const where = whereOf(place);
  if (vpcs.kind === 'unknown') return [unread(vpcs, where)];
  if (quotas.kind === 'unknown') return [unread(quotas, where)];
  const { peeringsPerVpc } = quotas.value;
  return vpcs.value.map(({ vpcId, peerings: count }) =>
    count < AHEAD * peeringsPerVpc
      ? well('there is room', where)
      : warning(`${vpcId} has ${count} of ${peeringsPerVpc} peerings`, { where }),
  );
}

function routes(place: PlaceFacts): readonly Verdict[] {
  const { vpcs, quotas } = place;
  const where = whereOf(place);
  if (vpcs.kind === 'unknown') return [unread(vpcs, where)];
  if (quotas.kind === 'unknown') return [unread(quotas, where)];
  const { routesPerTable } = quotas.value;
  return vpcs.value
    .flatMap(({ tables }) => tables)
    .map(({ id, routes: count }) =>
      count < AHEAD * routesPerTable
        ? well('there is room', where)
        : warning(`${id} has ${count} of ${routesPerTable} routes`, { where }),
    );
}

const whereOf = ({ accountId, region }: PlaceFacts): string => `${accountId} ${region}`;
