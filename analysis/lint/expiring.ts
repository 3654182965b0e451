import { DAY_MS, expiryText, isOver } from '../../shared/domain/policy/language/expiry.ts';
import type { PolicyModel } from '../../shared/domain/policy/language/model.ts';
import type { RawFinding } from './findings.ts';
import type { RulePlace } from './sides.ts';

/** People are told of an expiry from this long before it. */
const SOON_DAYS = 14;

/** Rules whose time is over, or soon will be. */
export function findExpiring(
  { allow }: PolicyModel,
  now: number,
  placeOf: (rule: string) => RulePlace | undefined,
): readonly RawFinding[] {
  return allow.flatMap((rule): RawFinding[] => {
    const place = placeOf(rule.name);
    const { expires } = rule;
    if (expires === undefined || place === undefined || expires - now > SOON_DAYS * DAY_MS) return [];
    const path = [...place.path, 'expires'];
    if (isOver(rule, now)) {
      const message = `rule ${rule.name} allowed until ${expiryText(expires)}, and allows nothing any more: write a later date, or take it out`;
      return [{ code: 'expired-rule', path, message }];
    }
    const message = `rule ${rule.name} allows only until ${expiryText(expires)}: write a later date if it is to go on`;
    return [{ code: 'expiring-rule', path, message }];
  });
}
