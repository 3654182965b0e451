import { NO_SUCH_VERB, type Expected, type Facts, type HubFacts } from '../facts.ts';
import { failure, findingsOf, judge, unread, warning, well, type Finding, type Verdict } from '../finding.ts';

/** The hub itself: what was deployed, and whether anybody would hear that it fails. */
export function checkHub({ hub, expected }: Facts): readonly Finding[] {
  return [
    ...findingsOf('AP101', [judge(hub.madeAt, undefined, (madeAt) => there(madeAt, expected))]),
    ...findingsOf('AP102', [release(hub, expected)]),
    ...findingsOf('AP103', [caller(hub)]),
    ...findingsOf('AP104', [judge(hub.busPolicy, undefined, (policy) => busPolicy(policy, expected))]),
    ...findingsOf('AP105', rules(hub, expected)),
    ...findingsOf('AP106', ledger(hub, expected)),
    ...findingsOf('AP107', ringing(hub)),
    ...findingsOf('AP108', alarms(hub, expected)),
    ...findingsOf('AP109', [listeners(hub, expected)]),
    ...findingsOf('AP110', lastQueues(hub)),
    ...findingsOf('AP117', [judge(hub.alarmSubscriptions, undefined, (count) => wakes(count, expected))]),
  ];
}

function there(madeAt: string | undefined, { name, hubRegion }: Expected): Verdict {
  return madeAt !== undefined
    ? well(`${name} in ${hubRegion}`)
    : failure(`there is no hub ${name} in ${hubRegion}`, { fix: ['autopeer deploy'] });
}

function release({ health }: HubFacts, expected: Expected): Verdict {
  const fix = ['autopeer deploy'];
  if (health.kind === 'unknown' && health.code === NO_SUCH_VERB) {
    return warning(`the hub is older than this command, ${expected.version}`, { fix });
  }
  return judge(health, undefined, ({ version }) =>
    version === expected.version
      ? well(version)
      : warning(`the hub is ${version ?? 'of no known release'}, this command ${expected.version}`, { fix }),
  );
}

/** The hub's account is the one in which its parameter, bus and table are found. */
function caller({ caller, madeAt }: HubFacts): Verdict {
  return judge(caller, undefined, (account) => {
    if (madeAt.kind === 'known' && madeAt.value !== undefined) return well(`account ${account}`);
    return warning(`account ${account} does not show the hub`);
  });
}

function busPolicy(policy: string | undefined, { name }: Expected): Verdict {
  if (policy === undefined) return failure('the bus has no policy: no account’s events come in');
  // Read as text: whoever writes it otherwise still has to name these roles.
  const isOpen = policy.includes(`role/${name}-forward`) && policy.includes('events:PutEvents');
  return isOpen
    ? well('the roles that forward may put events')
    : failure('the bus does not let the roles that forward put events');
}

function rules({ rules }: HubFacts, { hubRules, hubRegion, name }: Expected): readonly Verdict[] {
  if (rules.kind === 'unknown') return [unread(rules)];
  return hubRules.map((wanted) => {
    const found = rules.value.find((rule) => rule.name === wanted);
    if (found === undefined) return failure(`the rule ${wanted} is not there`, { fix: ['autopeer deploy'] });
    if (found.isEnabled) return well(wanted);
    const bus = found.isOnHubBus ? ` --event-bus-name ${name}` : '';
    return failure(`the rule ${wanted} is disabled`, {
      fix: [`aws events enable-rule --name ${wanted}${bus} --region ${hubRegion}`],
    });
  });
}

function ledger({ ledger }: HubFacts, { name, hubRegion }: Expected): readonly Verdict[] {
  if (ledger.kind === 'unknown') return [unread(ledger)];
  const table = `--table-name ${name}-ledger --region ${hubRegion}`;
  const { deletionProtection, pointInTime } = ledger.value;
  return [
    deletionProtection
      ? well('protected against deletion')
      : failure('the ledger’s table may be deleted', {
          fix: [`aws dynamodb update-table ${table} --deletion-protection-enabled`],
        }),
    pointInTime
      ? well('with point-in-time recovery')
      : failure('the ledger’s table has no point-in-time recovery', {
          fix: [
            `aws dynamodb update-continuous-backups ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
          ],
        }),
  ];
}

function ringing({ alarms }: HubFacts): readonly Verdict[] {
  if (alarms.kind === 'unknown') return [unread(alarms)];
  return alarms.value.map(({ name, state }) =>
    state === 'ALARM' ? failure(`the alarm ${name} rings`) : well(name),
  );
}

function alarms({ alarms }: HubFacts, expected: Expected): readonly Verdict[] {
  if (alarms.kind === 'unknown') return [unread(alarms)];
  return expected.alarms.map((wanted) =>
    alarms.value.some(({ name }) => name === wanted)
      ? well(wanted)
      : failure(`the alarm ${wanted} is not there`, { fix: ['autopeer deploy'] }),
  );
}

function listeners({ hasSlackWebhook, subscriptions }: HubFacts, expected: Expected): Verdict {
  if (hasSlackWebhook.kind === 'known' && hasSlackWebhook.value) return well('Slack');
  if (subscriptions.kind === 'known' && subscriptions.value > 0) return well('the topic of notices');
  if (hasSlackWebhook.kind === 'unknown') return unread(hasSlackWebhook);
  if (subscriptions.kind === 'unknown') return unread(subscriptions);
  return warning('nobody is subscribed to the notices, and Slack is not set', {
    fix: [subscribeCommand('notices', expected)],
  });
}

/** Slack hears notices only: an alarm rings where telling itself fails, too. */
function wakes(subscriptions: number, expected: Expected): Verdict {
  if (subscriptions > 0) return well('the topic of alarms');
  return warning('nobody is subscribed to the alarms', { fix: [subscribeCommand('alarms', expected)] });
}

const subscribeCommand = (topic: 'notices' | 'alarms', { name, hubRegion }: Expected): string =>
  `aws sns subscribe --topic-arn "$(aws sns list-topics --region ${hubRegion} --query "Topics[?ends_with(TopicArn, ':${name}-${topic}')].TopicArn" --output text)" --protocol email --notification-endpoint YOU --region ${hubRegion}`;

function lastQueues({ lastQueues }: HubFacts): readonly Verdict[] {
  if (lastQueues.kind === 'unknown') return [unread(lastQueues)];
  return lastQueues.value.map(({ name, messages }) =>
    messages === 0 ? well(name) : failure(`${messages} in the queue ${name}: they could not even be told`),
  );
}
