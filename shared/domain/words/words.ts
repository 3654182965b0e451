import type { Step } from '../connection/step.ts';

/** A step in words, for notices, dry runs, timelines and the history. */
export function describeStep(step: Step): string {
  const where = `${step.at.accountId} ${step.at.region}`;
  switch (step.kind) {
    case 'accept':
      return `accept the peering in ${where}`;
    case 'reject':
      return `reject the peering in ${where}`;
    case 'delete-peering':
      return `delete the peering from ${where}`;
    case 'await-active':
      return 'wait until the peering is active';
    case 'create-route':
      return `${step.isOurs ? 'route' : 'put back the route of'} ${step.destination} to the peering in ${step.routeTableId}, ${where}`;
    case 'delete-route':
      return `remove the route to ${step.destination} from ${step.routeTableId}, ${where}`;
    case 'tag':
      return `tag the peering ${step.tags['autopeer:status']} in ${where}`;
    case 'enable-dns':
      return `enable DNS resolution for the ${step.roles.join(' and ')} in ${where}`;
    case 'disable-dns':
      return `disable DNS resolution for the ${step.roles.join(' and ')} in ${where}`;
  }
}

/** A change as a line for reading, which begins with `+` or `-`; the table first, so that its routes stand together. */
function changeLine(step: Step): string | undefined {
  const where = `${step.at.accountId} ${step.at.region}`;
  switch (step.kind) {
    case 'accept':
      return `+ ${describeStep(step)}`;
    case 'reject':
    case 'delete-peering':
      return `- ${describeStep(step)}`;
    case 'await-active':
      return undefined;
    case 'create-route':
      return `+ ${step.routeTableId}: route ${step.destination} to the peering${step.isOurs ? '' : ', put back'} (${where})`;
    case 'delete-route':
      return `- ${step.routeTableId}: route ${step.destination} (${where})`;
    case 'tag':
      return `+ tag autopeer:status ${step.tags['autopeer:status']} in ${where}`;
    case 'enable-dns':
      return `+ DNS resolution for the ${step.roles.join(' and ')} (${where})`;
    case 'disable-dns':
      return `- DNS resolution for the ${step.roles.join(' and ')} (${where})`;
  }
}

/** What comes first in a list of changes. */
const ORDER: Readonly<Record<Step['kind'], number>> = {
  accept: 0,
  reject: 0,
  'delete-peering': 0,
  'await-active': 1,
  'create-route': 2,
  'delete-route': 2,
  'enable-dns': 3,
  'disable-dns': 3,
  tag: 4,
};

/** Changes as lines with `+` and `-`: the peering, its routes by account, region and table, DNS. */
export function changeLines(steps: readonly Step[]): readonly string[] {
  const key = (step: Step): string =>
    [
      ORDER[step.kind],
      step.at.accountId,
      step.at.region,
      'routeTableId' in step ? step.routeTableId : '',
    ].join('/');
  const keyed = steps.map((step) => ({ key: key(step), line: changeLine(step) }));
  return keyed
    .toSorted((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .flatMap(({ line }) => line ?? []);
}
