import { digestOf } from '../policy/language/canonical.ts';
import { DAY_MS } from '../policy/language/expiry.ts';
import type { AllowRule, PolicyModel } from '../policy/language/model.ts';

/** How long before a rule expires people are told, the last time first. */
const TOLD_BEFORE_DAYS = [1, 3, 14] as const;
/** Enough to tell apart what is due at one time; the ledger keeps one for each rule that expires soon. */
const MARK_DIGITS = 16;

/** A rule that expires so soon that people are to be told. */
export interface DueExpiry {
  readonly rule: AllowRule;
  readonly expires: number;
  /** Under which the ledger remembers that they were: of the rule, its expiry, and how many days are left. */
  readonly mark: string;
}

/** The live rules that expire within 14 days, the first to expire first; a rule whose time is over is not among them. */
export function dueExpiries({ allow }: PolicyModel, now: number): readonly DueExpiry[] {
  return allow
    .flatMap((rule): DueExpiry[] => {
      const { expires, name, dryRun } = rule;
      if (expires === undefined || expires <= now || dryRun) return [];
      const days = TOLD_BEFORE_DAYS.find((before) => expires - now <= before * DAY_MS);
      if (days === undefined) return [];
      const mark = digestOf({ name, expires, days }).slice(-MARK_DIGITS);
      return [{ rule, expires, mark }];
    })
    .toSorted((one, other) => one.expires - other.expires);
}
