import { dueExpiries } from '../domain/memory/expiries.ts';
import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import { rulesNotice } from '../domain/words/expiry-notice.ts';
import type { Clock } from '../domain/work/log.ts';
import type { HubEvents } from '../letters/ports.ts';

/** What people were told of rules that expire: see `DueExpiry`. */
export interface ExpiryBook {
  told(): Promise<readonly string[]>;
  store(marks: readonly string[]): Promise<void>;
}

export interface TellExpiringDeps {
  readonly policy: Pick<CompiledPolicy, 'model'>;
  readonly expiries: ExpiryBook;
  readonly bus: HubEvents;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Tells 14, 3 and 1 days before that a rule expires, once each and in one notice for all rules. Where none does, nothing is
 * read. Told first and written down then: who dies in between tells again.
 */
export async function tellExpiring({ policy, expiries, bus, clock }: TellExpiringDeps): Promise<void> {
  const due = dueExpiries(policy.model, clock.now());
  if (due.length === 0) return;
  const told = new Set(await expiries.told());
  const untold = due.filter(({ mark }) => !told.has(mark));
  if (untold.length === 0) return;
  await bus.publish([rulesNotice(untold)]);
  // What is due no more is forgotten.
  await expiries.store(due.map(({ mark }) => mark));
}
