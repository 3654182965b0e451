import type { RouteTableRecord } from '../../../sim/ec2/records.ts';
import { NEEDED_READS, OPTIONAL_READS, type LastingTrouble } from '../plan/lasting.ts';
import type { Judge } from './judge.ts';

export interface PlaceOf {
  readonly ownerId: string;
  readonly region: string;
}

const begun = (judge: Judge): readonly LastingTrouble[] =>
  (judge.stage.plan.lasting ?? []).filter(({ fromMs }) => judge.stage.startMs + fromMs <= judge.now);

/**
 * Whether a call is denied there for good, so that nobody can expect what it would do. What else there is in the account,
 * and all other accounts, must come right as if it were not so.
 */
export const isDenied = (judge: Judge, { ownerId, region }: PlaceOf, action: string): boolean =>
  begun(judge).some(
    (trouble) =>
      trouble.kind === 'action-denied' &&
      trouble.accountId === ownerId &&
      trouble.region === region &&
      trouble.action === action,
  );

/** Whether what a prefix list holds may be unknown to autopeer, and some route of the table leads to one. */
export const hasUnreadLists = (judge: Judge, table: RouteTableRecord): boolean =>
  table.routes.some(({ destination }) => destination.kind === 'prefix-list') &&
  OPTIONAL_READS.some((action) => isDenied(judge, table, action));

/** Whether a trouble leaves nothing of its place to be read. */
export const blinds = (trouble: LastingTrouble): boolean =>
  trouble.kind === 'place-denied' ||
  trouble.kind === 'region-off' ||
  (trouble.kind === 'action-denied' && NEEDED_READS.some((action) => action === trouble.action));

/** Routes that autopeer sees in each table there, and that EC2 does not have. */
export const oddRoutesIn = (judge: Judge, { ownerId, region }: PlaceOf): number =>
  begun(judge).filter(
    (trouble) => trouble.kind === 'odd-route' && trouble.accountId === ownerId && trouble.region === region,
  ).length;
