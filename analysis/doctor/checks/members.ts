import { denialWords } from '../denial.ts';
import type { AccountFacts, Expected, Facts, PlaceFacts, RoleFacts } from '../facts.ts';
import { failure, findingsOf, judge, unread, warning, well, type Finding, type Verdict } from '../finding.ts';

/** What EC2 and STS say of a region that an account has not turned on. */
const OFF = new Set(['OptInRequired', 'AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClientException']);

/** The accounts: their roles, and whether their regions are on. */
export function checkMembers(facts: Facts): readonly Finding[] {
  const { accounts, expected, hub } = facts;
  if (accounts.kind === 'unknown') {
    const verdict = unread(accounts);
    return (['AP201', 'AP202', 'AP203', 'AP204', 'AP211'] as const).flatMap((code) =>
      findingsOf(code, [verdict]),
    );
  }
  const enrolled = accounts.value.filter(isEnrolled);
  const hubAccount = hub.caller.kind === 'known' ? hub.caller.value : undefined;
  const ofRole = (look: (role: RoleFacts, where: string) => Verdict): readonly Verdict[] =>
    enrolled.flatMap(({ accountId, memberRole }) =>
      // One that is not there is told once, by AP202.
      memberRole.kind === 'known' && memberRole.value === undefined
        ? []
        : [judge(memberRole, accountId, (role) => (role === undefined ? well('') : look(role, accountId)))],
    );
  return [
    ...findingsOf('AP201', enrolled.map(reader)),
    ...findingsOf(
      'AP202',
      enrolled.map((account) => memberRole(account, hubAccount, expected)),
    ),
    ...findingsOf(
      'AP203',
      ofRole((role, where) => lacks(role, where, expected)),
    ),
    ...findingsOf(
      'AP204',
      ofRole((role, where) => extra(role, where, expected)),
    ),
    ...findingsOf('AP211', enrolled.flatMap(({ places }) => places).map(region)),
  ];
}

/** The hub's own account and the management account are well without a stack. */
export const isEnrolled = ({ isOptional, reader }: AccountFacts): boolean =>
  !isOptional || reader.kind === 'known';

function reader({ accountId, reader }: AccountFacts): Verdict {
  if (reader.kind === 'known') return well('the role for people can be assumed', accountId);
  const { policy, why } = reader;
  return {
    severity: 'not-known',
    found: policy === undefined ? why : `${why}: ${denialWords(policy)}`,
    where: accountId,
  };
}

function memberRole(
  { accountId, memberRole }: AccountFacts,
  hub: string | undefined,
  expected: Expected,
): Verdict {
  return judge(memberRole, accountId, (role) => {
    if (role === undefined) {
      return failure('the member role is not there', { where: accountId, fix: ['autopeer deploy'] });
    }
    if (hub !== undefined && !role.trust.includes(hub)) {
      return failure('the member role trusts another hub', { where: accountId });
    }
    return role.trust.includes(`role/${expected.name}-reconcile`)
      ? well('it trusts the hub', accountId)
      : failure('the member role does not name the hub’s functions', { where: accountId });
  });
}

function lacks({ actions }: RoleFacts, where: string, { memberActions }: Expected): Verdict {
  const missing = memberActions.filter((action) => !actions.includes(action));
  if (missing.length === 0) return well('it has every permission', where);
  return failure(`the member role may not ${missing.join(', ')}`, { where, fix: ['autopeer deploy'] });
}

function extra({ actions }: RoleFacts, where: string, expected: Expected): Verdict {
  const known = [...expected.memberActions, ...expected.optionalMemberActions];
  const more = actions.filter((action) => !known.includes(action));
  return more.length === 0
    ? well('it has no other permission', where)
    : warning(`the member role may also ${more.join(', ')}`, { where });
}

function region({ accountId, region, vpcs }: PlaceFacts): Verdict {
  const where = `${accountId} ${region}`;
  if (vpcs.kind === 'known') return well('it is on', where);
  const { code = '', policy, why } = vpcs;
  if (OFF.has(code)) return failure(`EC2 answers ${code}: the region is off in the account`, { where });
  if (policy === undefined) return { severity: 'not-known', found: why, where };
  return failure(`EC2 may not be read: ${denialWords(policy)}`, { where });
}
