import type { Mutant } from './mutant.ts';

const BOOK = 'shared/domain/memory/approvals.ts';

/** What keeps a request from being accepted without its approval, by somebody who may, of exactly this. */
export const APPROVALS: readonly Mutant[] = [
  {
    name: 'one person is enough where two are asked for',
    file: BOOK,
    from: '  Math.max(0, given.subject.terms.count - peopleAmong(given.subject.terms, countedVotes(given)));',
    to: '  Math.max(0, 1 - peopleAmong(given.subject.terms, countedVotes(given)));',
  },
  {
    name: 'anybody may approve',
    file: BOOK,
    from: '  const own = accountsOf(terms, speaker);\n',
    to: '  const own = accountsOf(terms, speaker);\n  if (terms.count > 0) return undefined;\n',
  },
  {
    name: 'a yes that was taken back counts',
    file: BOOK,
    from: '  isIntact(given) && given.rejected === undefined && given.revoked === undefined && votesLeft(given) === 0;',
    to: '  isIntact(given) && given.rejected === undefined && votesLeft(given) === 0;',
  },
  {
    name: 'an approval covers whatever became of the request',
    file: 'shared/domain/policy/decision/decide.ts',
    from: 'approvals.find((each) => each.fingerprint === fingerprint || isUsedFor(each, request));',
    to: 'approvals.find((each) => each.fingerprint.length > 0 || fingerprint.length > 0);',
  },
];
