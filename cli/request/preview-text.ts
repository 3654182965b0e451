import { printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import { vpcWords, type FoundVpc } from './find-vpc.ts';
import type { Ends, Outlook, Preview } from './preview.ts';

/** A request before it is made, for people. */
export function previewText(ends: Ends, preview: Preview, paint: Paint): string {
  const line = (label: string, text: string): string => `${paint.dim(label.padEnd(11))}${printable(text)}\n`;
  const { overlap, quotas, rule, reason, approval, gives, dns, existing, isDryRun } = preview;
  const by = rule === undefined ? '' : ` (rule ${rule})`;
  const quota = quotas.map(({ what, of, used, limit }) =>
    what === 'peerings'
      ? `${of} has ${used} of ${limit} peerings`
      : `${of} has ${used} of ${limit} outstanding requests, unless AWS raised it`,
  );
  return [
    line('requester', sideText(ends.requester)),
    line('accepter', sideText(ends.accepter)),
    ...(existing === undefined ? [] : [line('there', `${existing.id} joins the two (${existing.state})`)]),
    line('overlap', overlapText(overlap)),
    ...quota.map((text, index) => line(index === 0 ? 'quotas' : '', text)),
    `${paint.dim('outcome'.padEnd(11))}${outlookText(preview.outlook, paint)}${printable(`${by}: ${reason.text}`)}\n`,
    ...(gives === undefined ? [] : [line('gives', gives)]),
    ...approval.map((text, index) => line(index === 0 ? 'approval' : '', text)),
    ...(dns === undefined ? [] : [line('dns', DNS[dns])]),
    ...(isDryRun ? [line('dry run', 'the policy says dryRun: autopeer only tells what it would do')] : []),
    routesText(preview, paint),
  ].join('');
}

const sideText = (vpc: FoundVpc): string =>
  `${vpcWords(vpc)}, account ${vpc.accountId}, ${vpc.region}: ${vpc.cidrs?.join(', ') ?? 'its CIDRs may not be read'}`;

function overlapText(overlap: Preview['overlap']): string {
  if (overlap === undefined) return 'not known: AWS lets the request fail if the CIDRs overlap';
  if (overlap.length === 0) return 'none';
  return `${overlap.join('; ')}: AWS lets such a request fail. One VPC must be built anew with other CIDRs`;
}

const WORDS: Readonly<Record<Outlook, string>> = {
  connects: 'autopeer connects it',
  approval: 'it waits for an approval',
  held: 'it is held',
  rejected: 'it is rejected',
  impossible: 'AWS lets it fail',
  'not-governed': 'autopeer has no say, and does nothing',
};

function outlookText(outlook: Outlook, paint: Paint): string {
  const text = WORDS[outlook];
  switch (outlook) {
    case 'connects':
      return paint.green(text);
    case 'approval':
    case 'held':
    case 'not-governed':
      return paint.yellow(text);
    case 'rejected':
    case 'impossible':
      return paint.red(text);
  }
}

const DNS: Readonly<Record<NonNullable<Preview['dns']>, string>> = {
  on: 'each side’s names resolve to private addresses on the other side',
  off: 'names resolve to public addresses',
  'left-alone': 'left as it is',
};

function routesText({ routes, gives, outlook }: Preview, paint: Paint): string {
  if (gives === undefined) return '';
  if (routes.length === 0) return `${paint.dim('routes'.padEnd(11))}autopeer writes none\n`;
  const when = outlook === 'connects' ? '' : ' once nothing stands in the way';
  const rows = routes.map(({ routeTableId, destination, accountId, region, takes }) => [
    routeTableId,
    destination,
    `${accountId} ${region}`,
    printable(takes ?? 'nobody'),
  ]);
  return `\nroutes that autopeer writes${when}\n${columns(['table', 'destination', 'where', 'takes traffic from'], rows, paint)}`;
}
