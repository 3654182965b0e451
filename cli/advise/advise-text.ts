import type { Alternative } from '../../analysis/advise/alternatives.ts';
import { LIMITS, type LimitAhead } from '../../analysis/advise/limits.ts';
import type { Mesh } from '../../analysis/advise/shapes.ts';
import type { Impossible } from '../../analysis/cidr/report.ts';
import { PRICES_AS_OF } from '../../analysis/cost/prices.ts';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import { plural, printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import { vpcText } from '../cidr/words.ts';

export interface Advice {
  readonly limits: readonly LimitAhead[];
  readonly meshes: readonly (Mesh & { readonly alternatives: readonly Alternative[] })[];
  /** Pairs that were asked for and can never be peered. */
  readonly overlapping: readonly Impossible[];
  /** Whether the snapshot has routes and interfaces. */
  readonly hasNetwork: boolean;
}

const WORDS = {
  peerings: 'active peerings',
  routes: 'routes of a table',
  requests: 'outstanding requests',
  units: 'address units',
  'peered-units': 'address units with peers',
} as const;

/** Enough to see which VPCs they are. */
const VPCS_MAX = 3;

export function adviceText(advice: Advice, organization: Organization, paint: Paint): string {
  const { limits, meshes, overlapping, hasNetwork } = advice;
  const section = (title: string, body: string): string => `${paint.bold(title)}\n\n${body}\n`;
  const nothing = limits.length === 0 && meshes.length === 0 && overlapping.length === 0;
  return [
    nothing ? paint.green('No limit is near, and nothing speaks for leaving peerings.\n') : '',
    limits.length === 0 ? '' : section('Limits ahead', limitTable(limits, organization, paint)),
    meshes.length === 0
      ? ''
      : section('Full meshes', meshes.map((mesh) => meshText(mesh, organization, paint)).join('\n')),
    overlapping.length === 0
      ? ''
      : section(
          'Overlaps',
          `  ${plural(overlapping.length, 'pair')} somebody asked for can never be peered, for their CIDRs overlap: autopeer cidr lists them.\n  PrivateLink and VPC Lattice join clients with a service whatever the CIDRs are.\n`,
        ),
    nothing ? '' : `${WHEN_TO_LEAVE}\n`,
    hasNetwork
      ? ''
      : 'Routes and address units are not in this snapshot: take it with autopeer snapshot --network.\n',
  ].join('');
}

const WHEN_TO_LEAVE = `When to leave peerings
  Not for the bill: for the same bytes in a region a peering never costs more than a Transit Gateway or Cloud WAN.
  Transit Gateway: where a VPC needs more peers than it may have, routes fill its tables, or everybody shall reach everybody.
  Cloud WAN: the same over many regions, with one policy; it asks for an edge in each region besides.
  PrivateLink, VPC Lattice: where peers use one service, or CIDRs overlap.
  Mind the MTU: a peering in a region passes 9,001 bytes, Transit Gateway and Cloud WAN 8,500. Lower it on the hosts before
  you move, or connections hang where ICMP "fragmentation needed" is blocked.`;

function limitTable(limits: readonly LimitAhead[], organization: Organization, paint: Paint): string {
  const rows = limits.map((ahead) => {
    const { unraised, most } = LIMITS[ahead.limit];
    return [
      ahead.stage === 'leave' ? paint.red(WORDS[ahead.limit]) : paint.yellow(WORDS[ahead.limit]),
      whereText(ahead, organization),
      number(ahead.used),
      number(unraised),
      most === undefined ? 'not said' : number(most),
      trendText(ahead),
      ahead.stage === 'leave' ? 'leave' : 'have it raised',
    ];
  });
  return columns(['what', 'where', 'now', 'unraised', 'at most', 'trend', 'do'], rows, paint);
}

const number = (value: number): string => value.toLocaleString('en-US');

function whereText({ accountId, region, vpcId, tableId }: LimitAhead, organization: Organization): string {
  const vpc = vpcId === undefined ? undefined : organization.vpcById.get(vpcId);
  const account = printable(organization.accountName(accountId) ?? accountId);
  const owner = vpc === undefined ? `${account} ${vpcId ?? ''}`.trim() : vpcText(vpc, organization);
  return [`${owner}, ${region}`, ...(tableId === undefined ? [] : [tableId])].join('\n');
}

function trendText({ growth, daysLeft }: LimitAhead): string {
  if (growth === undefined) return '';
  const pace = `${growth >= 0 ? '+' : ''}${growth.toFixed(1)} a day`;
  return daysLeft === undefined ? pace : `${pace}\nfull in ${plural(Math.ceil(daysLeft), 'day')}`;
}

function meshText(
  { vpcIds, region, peerings, alternatives }: Advice['meshes'][number],
  organization: Organization,
  paint: Paint,
): string {
  const names = vpcIds.slice(0, VPCS_MAX).map((id) => {
    const vpc = organization.vpcById.get(id);
    return vpc === undefined ? id : vpcText(vpc, organization);
  });
  const more = vpcIds.length - names.length;
  const rows = alternatives.map(({ name, total, arithmetic }) => [
    name === 'peering' || name === 'Transit Gateway' ? name : `${name}, a service`,
    total.toFixed(2),
    arithmetic,
  ]);
  return [
    `  ${vpcIds.length} VPCs in ${region}, ${plural(peerings, 'peering')}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}\n`,
    columns(['', 'USD a month', `prices of ${PRICES_AS_OF}`], rows, paint),
  ].join('');
}

/** For programs; docs/advise.md says what each field means. */
export const adviceJson = ({ limits, meshes, overlapping, hasNetwork }: Advice) => ({
  pricesAsOf: PRICES_AS_OF,
  hasNetwork,
  limits: limits.map((ahead) => ({
    ...ahead,
    unraised: LIMITS[ahead.limit].unraised,
    most: LIMITS[ahead.limit].most,
    source: LIMITS[ahead.limit].source,
  })),
  meshes,
  overlapping: overlapping.map(({ one, other, oneBlock, otherBlock }) => ({
    vpcIds: [one.vpcId, other.vpcId],
    cidrs: [oneBlock, otherBlock],
  })),
});
