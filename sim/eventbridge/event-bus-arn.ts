import { formatArn, requireArn } from '../arn.ts';
import type { Call } from '../types.ts';

export const busArn = (accountId: string, region: string, name: string): string =>
  formatArn('events', region, accountId, `event-bus/${name}`);

/** A bus's ARN from what `EventBusName` says: nothing, a name or an ARN. */
export function busArnOf(call: Pick<Call, 'region' | 'caller'>, nameOrArn: string | undefined): string {
  if (nameOrArn?.startsWith('arn:') === true) return nameOrArn;
  return busArn(call.caller.accountId, call.region, nameOrArn ?? 'default');
}

/** The name in a bus's ARN. */
export const busName = (arn: string): string => arn.split('event-bus/')[1] ?? arn;

/** A rule's ARN names its bus unless that is the default one. */
export function ruleArn(bus: string, name: string): string {
  const { accountId, region } = requireArn(bus);
  const on = busName(bus);
  return formatArn('events', region, accountId, on === 'default' ? `rule/${name}` : `rule/${on}/${name}`);
}
