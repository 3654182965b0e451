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
