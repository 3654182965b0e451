import type { AccountFacts, Expected, Facts, ForwardRule, Known, PlaceFacts } from '../facts.ts';
import { failure, findingsOf, judge, unread, warning, well, type Finding, type Verdict } from '../finding.ts';
import { isEnrolled } from './members.ts';

/** One that an event lost may be; more than these are no chance. */
const FEW_FOUND_BY_SWEEP = 3;

/** The way of an event from an account to the hub. */
export function checkEvents({ accounts, expected, hub }: Facts): readonly Finding[] {
  if (accounts.kind === 'unknown') {
    const verdict = unread(accounts);
    return CODES.flatMap((code) => findingsOf(code, [verdict]));
  }
  const enrolled = accounts.value.filter(isEnrolled);
  const places = enrolled.flatMap((account) => account.places);
  const hubAccount = hub.caller.kind === 'known' ? hub.caller.value : undefined;
  return [
    ...findingsOf(
      'AP205',
      places.map((place) => ruleThere(place, expected)),
    ),
    ...findingsOf(
      'AP206',
      places.flatMap((place) => ofRule(place, (rule) => target(rule, hubAccount, expected))),
    ),
    ...findingsOf(
      'AP207',
      places.map((place) => forwardRole(place, expected)),
    ),
    ...findingsOf(
      'AP208',
      places.flatMap((place) => ofRule(place, (rule) => pattern(rule, expected))),
    ),
    ...findingsOf(
      'AP209',
      places.map((place) => undelivered(place, expected)),
    ),
    ...findingsOf('AP210', places.map(trail)),
    ...findingsOf('AP212', enrolled.map(heard)),
  ];
}

const CODES = ['AP205', 'AP206', 'AP207', 'AP208', 'AP209', 'AP210', 'AP212'] as const;

const whereOf = ({ accountId, region }: PlaceFacts): string => `${accountId} ${region}`;

const ruleName = ({ name }: Expected): string => `${name}-forward-peering-events`;

function ruleThere(place: PlaceFacts, expected: Expected): Verdict {
  const where = whereOf(place);
  return judge(place.rule, where, (rule) => {
    if (rule === undefined)
      return failure('the rule that forwards is not there', { where, fix: ['autopeer deploy'] });
    if (rule.isEnabled) return well('enabled', where);
    return failure('the rule that forwards is disabled', {
      where,
      fix: [
        `aws events enable-rule --name ${ruleName(expected)} --region ${place.region}  # in ${place.accountId}`,
      ],
    });
  });
}

/** A rule that is not there, or not known, is told once, by AP205. */
function ofRule(
  place: PlaceFacts,
  look: (rule: ForwardRule) => Pick<Verdict, 'severity' | 'found'>,
): readonly Verdict[] {
  const rule: Known<ForwardRule | undefined> = place.rule;
  if (rule.kind === 'unknown' || rule.value === undefined) return [];
  return [{ ...look(rule.value), where: whereOf(place) }];
}

function target(
  { targets }: ForwardRule,
  hubAccount: string | undefined,
  { name, hubRegion }: Expected,
): Verdict {
  const bus = `:events:${hubRegion}:${hubAccount ?? ''}`;
  const to = targets.find(
    ({ arn }) => arn.endsWith(`:event-bus/${name}`) && (hubAccount === undefined || arn.includes(bus)),
  );
  if (to === undefined) return failure('the rule does not lead to the hub’s bus');
  if (to.roleArn === undefined) return failure('the rule forwards without a role');
  if (to.deadLetterArn === undefined)
    return warning('what cannot be forwarded is lost: the member stack is older than the hub');
  return well('it leads to the hub’s bus');
}

function forwardRole(place: PlaceFacts, { name }: Expected): Verdict {
  const where = whereOf(place);
  return judge(place.forwardRole, where, (role) => {
    if (role === undefined)
      return failure('the role that forwards is not there', { where, fix: ['autopeer deploy'] });
    if (!role.trust.includes('events.amazonaws.com')) {
      return failure('EventBridge may not assume the role that forwards', { where });
    }
    return role.actions.includes('events:putevents')
      ? well('EventBridge forwards with it', where)
      : failure(`the role ${name}-forward-${place.region} may not put events`, { where });
  });
}

function pattern({ pattern }: ForwardRule, { forwardPattern }: Expected): Verdict {
  return canonical(pattern) === canonical(forwardPattern)
    ? well('it listens to the same events')
    : failure('the rule listens to other events than the hub', { fix: ['autopeer deploy'] });
}

/** The same whatever the order of members and entries. */
function canonical(json: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((each) => JSON.stringify(sorted(each))).toSorted();
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, each]) => [name, sorted(each)]),
    );
  };
  return JSON.stringify(sorted(JSON.parse(json)));
}

function undelivered(place: PlaceFacts, { name }: Expected): Verdict {
  const where = whereOf(place);
  return judge(place.undelivered, where, (messages) => {
    // A member stack from before there was such a queue: AP206 says so.
    if (messages === undefined || messages === 0) return well('nothing is undelivered', where);
    return failure(`events lie in the queue ${name}-undelivered`, {
      where,
      fix: [
        `aws sqs receive-message --queue-url "$(aws sqs get-queue-url --queue-name ${name}-undelivered --region ${place.region} --query QueueUrl --output text)" --message-attribute-names All --region ${place.region}  # in ${place.accountId}`,
      ],
    });
  });
}

function trail(place: PlaceFacts): Verdict {
  const where = whereOf(place);
  return judge(place.trails, where, (trails) => {
    if (trails.length === 0) return failure('there is no trail', { where });
    const logging = trails.filter(({ isLogging }) => isLogging);
    if (logging.length === 0) return failure(`no trail logs: ${named(trails)}`, { where });
    const good = logging.filter(({ takesManagementWrites }) => takesManagementWrites);
    return good.length === 0
      ? failure(`no trail takes management events that write: ${named(logging)}`, { where })
      : well(`by ${named(good)}`, where);
  });
}

const named = (trails: readonly { readonly name: string }[]): string =>
  trails.map(({ name }) => name).join(', ');

function heard({ accountId, foundBySweep, places }: AccountFacts): Verdict {
  return judge(foundBySweep, accountId, (count) => {
    const last = places
      .flatMap(({ lastEvent }) => (lastEvent.kind === 'known' ? (lastEvent.value ?? []) : []))
      .toSorted()
      .at(-1);
    const since = last === undefined ? 'no event for two weeks' : `the last event within the hour of ${last}`;
    if (count < FEW_FOUND_BY_SWEEP) return well(since, accountId);
    return warning(`${count} peerings were changed in a day only because the sweep came by; ${since}`, {
      where: accountId,
    });
  });
}
