import { printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import type { PeeringView } from './view.ts';

/** The latest of what became of it; `-o json` has all of it. */
const HISTORY_MAX = 5;

/** A peering for people. */
export function showText(view: PeeringView, paint: Paint): string {
  const { id, state, verdict, rule, reason, problems, steps, history } = view;
  const by = rule === undefined ? '' : ` by rule ${rule}`;
  const parts = [
    `${paint.bold(id)}  ${state === 'active' ? paint.green(state) : paint.yellow(state)}\n`,
    `${printable(`${verdict}${by}: ${reason.text}`)}\n`,
    ...view.sides.map((side) => `\n${sideText(side, paint)}`),
    ...list(paint.red('in the way'), problems),
    ...(steps.length === 0
      ? ['\nnothing is missing\n']
      : list(paint.yellow('missing: autopeer would'), steps)),
    ...list(
      'what became of it',
      history.slice(-HISTORY_MAX).map((entry) => {
        const cause = entry.by === undefined ? '' : ` (${entry.by})`;
        return `${entry.at}  ${entry.verdict}${cause}: ${[entry.text, ...entry.changes].join('; ')}`;
      }),
    ),
  ];
  return parts.join('');
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}\n`, ...lines.map((line) => `  ${printable(line)}\n`)];
}

function sideText(side: PeeringView['sides'][number], paint: Paint): string {
  const { role, accountId, region, vpcId, cidrs, dnsFromRemote, notRead, routes } = side;
  const dns = dnsFromRemote === undefined ? 'not shown' : dnsFromRemote ? 'on' : 'off';
  const head = [
    `${paint.bold(role)}  account ${accountId}, ${region}, ${vpcId}: ${cidrs.join(', ') || 'CIDRs not shown'}\n`,
    `  its names, asked from the other side, resolve to private addresses: ${dns}\n`,
  ].join('');
  if (notRead !== undefined) return `${head}  not read: ${printable(notRead)}\n`;
  if (routes.length === 0) return `${head}  no route leads to the peering\n`;
  const rows = routes.map(({ routeTableId, destination, isActive, isOurs }) => [
    routeTableId,
    destination,
    isActive ? paint.green('active') : paint.red('blackhole'),
    isOurs === undefined ? 'not known' : isOurs ? 'autopeer’s' : 'somebody else’s',
  ]);
  return `${head}${columns(['table', 'destination', 'state', 'whose'], rows, paint)}`;
}
