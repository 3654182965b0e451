import { isOfSlack, personOf, type Speaker } from '../facts/caller.ts';
import { parseAccountId, type AccountId } from '../facts/ids.ts';
import type { ApprovalTerms, KnownPerson } from '../policy/language/approval-terms.ts';

type Named = Pick<Speaker, 'arn' | 'principal'>;
type WithPeople = Pick<ApprovalTerms, 'people'>;

const IN_ACCOUNT = /^arn:[\w-]+:iam::(\d{12}):/;
const isSlackIdentity = (principal: string): boolean => isOfSlack({ principal });

const knownPerson = ({ people = [] }: WithPeople, speaker: Named): KnownPerson | undefined =>
  people.find(({ identities }) => identities.includes(personOf(speaker)));

/** Who counts as one and the same, where the policy may say which identities are one person's. */
export const humanOf = (terms: WithPeople, speaker: Named): string =>
  knownPerson(terms, speaker)?.identities.join(' ') ?? personOf(speaker);

/** The accounts that this person is known to belong to. */
export function accountsOf(terms: WithPeople, speaker: Speaker): readonly AccountId[] {
  const mapped = (knownPerson(terms, speaker)?.identities ?? []).map((each) =>
    parseAccountId(IN_ACCOUNT.exec(each)?.[1]),
  );
  return [speaker.accountId, ...mapped].filter((accountId) => accountId !== undefined);
}

/**
 * How many different people these are for certain. Somebody of Slack and somebody of AWS may be one and the same: they add up
 * only where the policy says who one of them is on the other side.
 */
export function peopleAmong(terms: WithPeople, speakers: readonly Named[]): number {
  const known = new Set<KnownPerson>();
  const strangers = { slack: new Set<string>(), aws: new Set<string>() };
  for (const speaker of speakers) {
    const person = knownPerson(terms, speaker);
    if (person !== undefined) known.add(person);
    else strangers[isOfSlack(speaker) ? 'slack' : 'aws'].add(personOf(speaker));
  }
  const all = [...known];
  const inSlack = all.filter(({ identities }) => identities.some(isSlackIdentity)).length;
  const inAws = all.filter(({ identities }) => !identities.every(isSlackIdentity)).length;
  return Math.max(known.size, inSlack + strangers.slack.size, inAws + strangers.aws.size);
}
