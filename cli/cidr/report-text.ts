import type { AllowedPairs, CidrReport, Crowd, Impossible } from '../../analysis/cidr/report.ts';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import { plural, printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import { vpcJson, vpcText } from './words.ts';

/** Enough to see which VPCs they are. */
const VPCS_MAX = 3;

/** What overlaps, for people: what somebody wants first. */
export function reportText(
  { vpcs, pairs, asked, allowed, crowds }: CidrReport,
  organization: Organization,
  {
    isAll,
    hasPolicy,
    paint,
  }: { readonly isAll: boolean; readonly hasPolicy: boolean; readonly paint: Paint },
): string {
  const shownCrowds = isAll ? crowds : crowds.slice(0, CROWDS_MAX);
  const left = crowds.length - shownCrowds.length;
  const section = (
    title: string,
    heading: readonly string[],
    rows: readonly (readonly string[])[],
  ): string => (rows.length === 0 ? '' : `${paint.bold(title)}\n\n${columns(heading, rows, paint)}\n`);
  const wanted = asked.map(({ peering, ...pair }) => [
    peering.id,
    paint.yellow(peering.state),
    ...endsText(pair, organization),
  ]);
  const total = `${plural(pairs, 'pair')} of ${plural(vpcs, 'VPC')} can never be peered.`;
  return [
    `${pairs === 0 ? paint.green('No two VPCs overlap.') : total}\n\n`,
    section('Asked for, and not possible', ['peering', 'state', 'requester', 'accepter'], wanted),
    section(
      'Allowed by the policy, and not possible',
      ['rule', 'pairs', 'for example', ''],
      allowed.map((row) => allowedRow(row, organization)),
    ),
    hasPolicy && pairs > 0 && allowed.length === 0 ? 'The policy allows none of these pairs.\n\n' : '',
    section(
      'All that overlap',
      ['within', 'VPCs', 'pairs', ''],
      shownCrowds.map((crowd) => crowdRow(crowd, organization, isAll)),
    ),
    left > 0 ? `and ${plural(left, 'block')} more: --all shows them.\n` : '',
  ].join('');
}

const CROWDS_MAX = 10;

const endsText = (
  { one, other, oneBlock, otherBlock }: Impossible,
  organization: Organization,
): readonly [string, string] => [
  `${vpcText(one, organization)}\n${oneBlock}`,
  `${vpcText(other, organization)}\n${otherBlock}`,
];

function allowedRow(
  { rule, needsApproval, pairs, examples }: AllowedPairs,
  organization: Organization,
): readonly string[] {
  const ends = examples.slice(0, 1).flatMap((pair) => endsText(pair, organization));
  return [`${printable(rule)}${needsApproval ? '\nwith approval' : ''}`, String(pairs), ...ends];
}

function crowdRow(
  { block, pairs, vpcs }: Crowd,
  organization: Organization,
  isAll: boolean,
): readonly string[] {
  const shown = isAll ? vpcs : vpcs.slice(0, VPCS_MAX);
  const more = vpcs.length - shown.length;
  const lines = shown.map((vpc) => vpcText(vpc, organization));
  return [
    block,
    String(vpcs.length),
    String(pairs),
    [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
  ];
}

/** The same for programs; docs/cidr.md says what each field means. */
export function reportJson(report: CidrReport, organization: Organization) {
  const pair = ({ one, other, oneBlock, otherBlock }: Impossible) => ({
    requester: { ...vpcJson(one, organization), overlapping: oneBlock },
    accepter: { ...vpcJson(other, organization), overlapping: otherBlock },
  });
  return {
    vpcs: report.vpcs,
    pairs: report.pairs,
    asked: report.asked.map(({ peering: { id, state }, ...ends }) => ({ id, state, ...pair(ends) })),
    allowed: report.allowed.map(({ examples, ...row }) => ({ ...row, examples: examples.map(pair) })),
    overlaps: report.crowds.map(({ block, pairs, vpcs }) => ({
      block,
      pairs,
      vpcs: vpcs.map(({ vpcId }) => vpcId),
    })),
    byVpc: report.counts.map(({ vpc, others }) => ({ ...vpcJson(vpc, organization), others })),
  };
}
