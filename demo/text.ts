import Table from 'cli-table3';
import { ACCOUNT_NAMES } from './landscape.ts';
import type { Check, Closing, Opening, Part, Scene } from './scene.ts';
import type { RouteState, SideState } from './side-state.ts';
import type { Expected } from './story.ts';
import { isAsTold } from './summary.ts';
import { COLUMNS, count, seconds, shortId, wrap, type Paint } from './text-lines.ts';
import { timelineText } from './text-timeline.ts';

/** A longer policy is only named: it would push the story off the screen. */
const POLICY_LINES = 30;
const INDENT = '  ';

/** A scene for people, without a line break at its end. `realMs` is what the playing took up to now. */
export function sceneText(scene: Scene, paint: Paint, realMs: () => number): string {
  switch (scene.kind) {
    case 'opening':
      return openingText(scene, paint);
    case 'part':
      return partText(scene, paint);
    case 'closing':
      return closingText(scene, paint, realMs());
  }
}

function openingText(opening: Opening, paint: Paint): string {
  const { accounts, vpcs, hubAccountId, seed } = opening;
  const rows = accounts.map(({ id, name, unit, unitId }) => {
    const owned = vpcs.filter(({ accountId }) => accountId === id);
    const vpcText = owned.map(({ name, cidr, region }) => `${name.padEnd(8)}  ${cidr}  ${region}`).join('\n');
    return [name, id, `${unit} ${unitId}`, vpcText];
  });
  return [
    `${paint.bold('autopeer')}, the main job on a simulated AWS organization ${paint.dim(`(seed ${seed})`)}`,
    ...wrap(
      'The code and the stacks are those that get deployed. ' +
        'AWS is simulated in this process: no credentials, no network, virtual time.',
      COLUMNS,
    ),
    '',
    paint.bold('The organization'),
    table(
      [
        ['account', 'id', 'OU', 'its VPCs'],
        ...rows,
        [ACCOUNT_NAMES.get(hubAccountId) ?? 'hub', hubAccountId, 'root', 'runs autopeer'],
      ],
      paint,
    ),
    '',
    ...policyLines(opening, paint),
  ].join('\n');
}

function policyLines({ policyFile, policyText, allow, deny }: Opening, paint: Paint): readonly string[] {
  const title = `${paint.bold('The policy')} ${paint.dim(policyFile)}`;
  const lines = policyText.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length <= POLICY_LINES) return [title, ...lines.map((line) => INDENT + line)];
  return [title, `${INDENT}${count(allow.length, 'allow rule')}, ${count(deny.length, 'deny rule')}`];
}

function partText(part: Part, paint: Paint): string {
  const { number, plan, peeringId, before, after, check } = part;
  const end = ({ accountId, region, cidrs }: SideState, vpc: string): string =>
    `${ACCOUNT_NAMES.get(accountId) ?? accountId}/${vpc} ${cidrs.join(' ')} ${region}`;
  const ends = `${end(before.requester, plan.requester)}  →  ${end(before.accepter, plan.accepter)}`;
  const rows = [
    ...sideRows(part, before.requester, after.requester),
    ...sideRows(part, before.accepter, after.accepter),
  ];
  const isChanged = [before.requester, before.accepter].some((side) => hasChanged(side, after[side.role]));
  return [
    '',
    `${paint.bold(`${number}. ${plan.title}`)}  ${paint.dim(peeringId)}`,
    paint.dim(`   ${ends}`),
    timelineText(part, ACCOUNT_NAMES, paint),
    '',
    ...(isChanged ? [table([['side', 'where', 'before', 'after'], ...rows], paint)] : []),
    ...checkLines(check, isChanged, paint),
  ].join('\n');
}

/** The flag as it matters: EC2 still shows the one of a peering that has ended, for a while. */
const dnsFlag = ({ dnsFromRemote, peeringState }: SideState): boolean | undefined =>
  peeringState === 'active' || peeringState === 'pending-acceptance' ? dnsFromRemote : undefined;

/** A DNS flag that is off is no more than one that is not shown. */
const hasChanged = (before: SideState, after: SideState): boolean =>
  JSON.stringify(before.tables) !== JSON.stringify(after.tables) ||
  (dnsFlag(before) ?? false) !== (dnsFlag(after) ?? false);

const NOTHING = '–';

/** A row for each route table that routes for a subnet or has changed, and one for the DNS flag. */
function sideRows(part: Part, before: SideState, after: SideState): readonly (readonly string[])[] {
  const routesOf = (routes: readonly RouteState[]): string =>
    routes.map((route) => routeText(route, part.peeringId)).join('\n') || NOTHING;
  const tables = after.tables.flatMap(({ routeTableId, subnetIds, routes }) => {
    const earlier = before.tables.find((candidate) => candidate.routeTableId === routeTableId)?.routes ?? [];
    const [then, now] = [routesOf(earlier), routesOf(routes)];
    return subnetIds.length > 0 || then !== now ? [[shortId(routeTableId), then, now]] : [];
  });
  const dns = ['DNS', dnsText(dnsFlag(before)), dnsText(dnsFlag(after))];
  const account = ACCOUNT_NAMES.get(after.accountId) ?? after.accountId;
  return [...tables, dns].map((row, index) => [index === 0 ? `${account}, ${after.role}` : '', ...row]);
}

function routeText({ destination, target, state }: RouteState, peeringId: string): string {
  const where = target === peeringId ? 'this peering' : shortId(target);
  return `${destination} → ${where}${state === 'active' ? '' : `, ${state}`}`;
}

const dnsText = (flag: boolean | undefined): string => (flag === undefined ? NOTHING : flag ? 'on' : 'off');

const EXPECTED_WORDS: Readonly<Record<Expected, string>> = {
  connected: 'Connected',
  rejected: 'Rejected',
  held: 'Held',
  'cleaned-up': 'Cleaned up',
};

function checkLines({ expected, findings, differences }: Check, isChanged: boolean, paint: Paint) {
  const words = EXPECTED_WORDS[expected];
  if (differences.length > 0) {
    return [
      paint.red(`   ✗ Not as the story says (${words.toLowerCase()}):`),
      ...differences.flatMap((difference) =>
        wrap(difference, COLUMNS - 7).map((line, index) => `${index === 0 ? '     - ' : '       '}${line}`),
      ),
    ];
  }
  const unchanged = isChanged ? [] : ['routes as before, DNS off'];
  const all = [...findings, ...unchanged].join(', ');
  return [`   ${paint.green(`✓ ${words}`)}, EC2 says: ${all}.`];
}

function closingText({ summary }: Closing, paint: Paint, realMs: number): string {
  const { peerings, decisions, calls, refusedCalls, failures, deadLetters, ringing, parts, differing } =
    summary;
  const list = (counts: Readonly<Record<string, number | undefined>>): string =>
    Object.entries(counts)
      .map(([word, number]) => `${number} ${word}`)
      .join(', ') || 'none';
  const total = calls.reads + calls.changes + calls.other;
  const left = Object.values(deadLetters).reduce((sum, number) => sum + number, 0);
  const rows = [
    ['peerings', list(peerings)],
    ['decisions', list(decisions)],
    [
      "autopeer's calls",
      `${total}: ${calls.reads} read EC2, ${calls.changes} change it, ${calls.other} elsewhere; ${refusedCalls} refused`,
    ],
    ['failures', failures === 0 ? 'none' : `${failures}, each tried again`],
    [
      'dead letters',
      left === 0 ? `none in ${count(Object.keys(deadLetters).length, 'queue')}` : list(deadLetters),
    ],
    ['alarms ringing', ringing.length === 0 ? 'none' : ringing.join(', ')],
    ['time', `${seconds(summary.virtualMs)} virtual, ${seconds(realMs)} real`],
  ];
  const verdict = isAsTold(summary)
    ? paint.green(`✓ All ${parts} parts are as the story says, by EC2's own answers.`)
    : paint.red(verdictOf(differing, parts));
  const next = paint.dim('Your own policy: autopeer demo --policy FILE. For programs: autopeer demo --json.');
  return ['', paint.bold('In the end'), table(rows, paint, false), '', verdict, next].join('\n');
}

const verdictOf = (differing: readonly number[], parts: number): string =>
  differing.length === 0
    ? '✗ Something was left that a person would have to look after.'
    : `✗ Not as the story says: ${differing.length} of ${parts} parts (${differing.join(', ')}).`;

/** Columns without lines; the first row is the heading, unless there is none. */
function table(rows: readonly (readonly string[])[], paint: Paint, hasHeading = true): string {
  const sides = ['top', 'bottom', 'left', 'right', 'mid'];
  const corners = ['top', 'bottom', 'left', 'right'].flatMap((side) => [
    `${side}-mid`,
    `${side}-left`,
    `${side}-right`,
  ]);
  const lines = new Table({
    chars: Object.fromEntries([...sides, ...corners, 'mid-mid', 'middle'].map((name) => [name, ''])),
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
  for (const [index, row] of rows.entries()) {
    lines.push(row.map((cell) => (hasHeading && index === 0 ? paint.dim(cell) : cell)));
  }
  return lines
    .toString()
    .split('\n')
    .map((line) => ` ${line.trimEnd()}`)
    .join('\n');
}
