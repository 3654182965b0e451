import { printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import type { Aftermath, Deletion } from './aftermath.ts';

/** A peering and what its deletion leaves, for people. */
export function deletionText({ peering, sides, leftovers }: Deletion, paint: Paint): string {
  const name = peering.tags['Name'];
  const title = `${paint.bold(peering.id)}${name === undefined ? '' : ` ${printable(name)}`}  ${peering.state}\n`;
  if (peering.state !== 'active' && peering.state !== 'pending-acceptance') {
    return [title, ...leftovers.map((text) => `  still leads to it: ${printable(text)}\n`)].join('');
  }
  return `${title}${sides.map((side) => `\n${sideText(side, paint)}`).join('')}`;
}

function sideText({ side, routes: fate }: Aftermath, paint: Paint): string {
  const { role, accountId, region, vpcId, cidrs, notRead, routes } = side;
  const head = `${paint.bold(role)}  account ${accountId}, ${region}, ${vpcId}: ${cidrs.join(', ') || 'CIDRs not shown'}\n`;
  if (notRead !== undefined) {
    return `${head}  not looked at: ${printable(notRead)}. Routes to the peering stay there, and drop their traffic\n`;
  }
  if (routes.length === 0) return `${head}  no route leads to the peering\n`;
  const rows = routes.map(({ routeTableId, destination, isOurs }) => [
    routeTableId,
    destination,
    isOurs === undefined ? 'not known' : isOurs ? 'autopeer’s' : 'somebody else’s',
    FATES[fate],
  ]);
  return `${head}${columns(['table', 'destination', 'whose', 'afterwards'], rows, paint)}`;
}

const FATES: Readonly<Record<Aftermath['routes'], string>> = {
  removed: 'autopeer removes it',
  stays: 'stays as a blackhole',
  told: 'stays as a blackhole: the policy says dryRun',
};
