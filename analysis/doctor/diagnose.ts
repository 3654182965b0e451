import { checkEvents } from './checks/events.ts';
import { checkHub } from './checks/hub.ts';
import { checkMembers } from './checks/members.ts';
import { checkQuotas } from './checks/quotas.ts';
import { checkWork } from './checks/work.ts';
import type { Facts } from './facts.ts';
import { bySeverity, type Finding } from './finding.ts';

/**
 * Every check, over what was read: pure. No check stands in another's way, and what is not known is said to be.
 *
 * @returns at least one finding of each code, the worst first
 */
export const diagnose = (facts: Facts): readonly Finding[] =>
  [
    ...checkHub(facts),
    ...checkWork(facts),
    ...checkMembers(facts),
    ...checkEvents(facts),
    ...checkQuotas(facts),
  ].toSorted(bySeverity);
