import { atMost, fitting } from './at-most.ts';
import { plainWords, unlinked } from './foreign-text.ts';
import type { DomainEvent, NoticeDetail } from './notice.ts';

/** Longer than any id, code, state or name of a rule. */
const NAME_CHARACTERS = 100;
/** As long as the policy lets an owner or a ticket be. */
const NOTE_CHARACTERS = 100;
/** The longest is an IPv6 network written out. */
const CIDR_CHARACTERS = 43;
/** A VPC has at most 50 of each kind. */
const MAX_CIDRS = 100;
const SENTENCE_CHARACTERS = 500;
/** A reason may list all that stands in the way. */
const REASON_CHARACTERS = 10_000;
/**
 * With a reason of four bytes a character they stay below the 256 KB that an event and an SNS message take.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const CHANGES_BYTES = 100_000;
const DIFF_BYTES = 50_000;
const PROBLEMS_BYTES = 40_000;
const NOTES_BYTES = 10_000;

/**
 * The same event with plain words in each text, and of a size that every channel takes. Where it is called, nothing that
 * somebody wrote into a tag or a name can look like a field, a line or a notice of autopeer. Called twice, it changes
 * nothing the second time.
 */
export function plainNotice({ detailType, detail }: DomainEvent): DomainEvent {
  const { title, requester, accepter, rule, owner, ticket, reason, changes, diff, problems, notes } = detail;
  return {
    detailType,
    detail: {
      version: detail.version,
      peeringId: name(detail.peeringId),
      ...(title === undefined ? {} : { title }),
      state: name(detail.state),
      ...(requester === undefined ? {} : { requester: side(requester) }),
      ...(accepter === undefined ? {} : { accepter: side(accepter) }),
      ...(rule === undefined ? {} : { rule: name(rule) }),
      ...(owner === undefined ? {} : { owner: plainWords(owner, NOTE_CHARACTERS) }),
      ...(ticket === undefined ? {} : { ticket: plainWords(ticket, NOTE_CHARACTERS) }),
      reason: { code: name(reason.code), text: plainWords(reason.text, REASON_CHARACTERS) },
      changes: sentences(changes, CHANGES_BYTES),
      ...(diff === undefined ? {} : { diff: sentences(diff, DIFF_BYTES) }),
      problems: sentences(problems, PROBLEMS_BYTES),
      ...(notes === undefined ? {} : { notes: sentences(notes, NOTES_BYTES) }),
    },
  };
}

const name = (text: string): string => plainWords(text, NAME_CHARACTERS);

type Side = NonNullable<NoticeDetail['requester']>;

const side = ({ accountId, region, vpcId, accountName, vpcName, cidrs }: Side): Side => ({
  accountId: name(accountId),
  region: name(region),
  vpcId: name(vpcId),
  ...(accountName === undefined ? {} : { accountName: name(accountName) }),
  ...(vpcName === undefined ? {} : { vpcName: name(vpcName) }),
  ...(cidrs === undefined ? {} : { cidrs: [...atMost(cidrs.map(cidr), MAX_CIDRS)] }),
});

const cidr = (text: string): string => plainWords(text, CIDR_CHARACTERS);

const sentences = (list: readonly string[], maxBytes: number): string[] => [
  ...fitting(
    list.map((sentence) => plainWords(sentence, SENTENCE_CHARACTERS)),
    maxBytes,
    bytesInJson,
  ),
];

const encoder = new TextEncoder();
/** With its quotes, the comma after it, and what a channel adds so that it has no links. */
const bytesInJson = (sentence: string): number =>
  encoder.encode(`${JSON.stringify(unlinked(sentence))},`).length;
