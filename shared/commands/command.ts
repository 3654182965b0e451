import * as z from 'zod';
import type { Caller } from '../domain/facts/caller.ts';
import type { Clock } from '../domain/work/log.ts';
import type { LetterBook } from '../letters/ports.ts';
import type { RetryDeps } from '../letters/retry.ts';
import type { WorkQueue } from '../domain/work/work-item.ts';
import type { ApprovalBook } from '../reconcile/approvals.ts';
import type { Brake } from '../reconcile/brake.ts';
import type { Charts } from '../reconcile/charts.ts';
import type { Contests } from '../reconcile/contests.ts';
import type { HistoryBook } from '../reconcile/history-book.ts';
import type { Ledger } from '../reconcile/ledger.ts';
import type { PlaceBook } from '../reconcile/places.ts';
import type { TellDeps } from '../reconcile/suspensions.ts';

/** What the commands work on. */
export interface CommandTools extends TellDeps {
  readonly brake: Brake;
  readonly contests: Contests;
  readonly approvals: ApprovalBook;
  readonly letters: LetterBook;
  /** Where a peering is sent to be looked at. */
  readonly queue: WorkQueue;
  /** How dead letters are sent again. */
  readonly resend: RetryDeps;
  /** The organization as the last sweep read it. */
  readonly charts: Pick<Charts, 'load'>;
  /** Which places could not be read. */
  readonly placeBook: Pick<PlaceBook, 'list'>;
  /** What became of peerings; nothing of it is changed. */
  readonly history: HistoryBook;
  /** What is remembered of a peering; nothing of it is changed. */
  readonly ledger: Pick<Ledger, 'read'>;
  /** The release that is deployed, such as 0.1.0; `undefined` where the template does not say. */
  readonly version: string | undefined;
  readonly clock: Clock;
}

/** A verb: what it takes, and what it does. */
export interface Command {
  /** Checks the input, and does nothing yet. */
  prepare(input: unknown): Prepared;
}

export type Prepared =
  | { readonly kind: 'ready'; run(caller: Caller, tools: CommandTools): Promise<unknown> }
  /** `why` is for people, a line for each fault. */
  | { readonly kind: 'faulty'; readonly why: string };

/** @param run does it; the caller gets what it resolves to as JSON */
export const command = <Input>(
  schema: z.ZodType<Input>,
  run: (input: Input, caller: Caller, tools: CommandTools) => Promise<unknown>,
): Command => ({
  prepare: (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) return { kind: 'faulty', why: z.prettifyError(parsed.error) };
    return { kind: 'ready', run: (caller, tools) => run(parsed.data, caller, tools) };
  },
});
