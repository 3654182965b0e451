import type { Judge } from './judge.ts';

/** Session tokens and keys of the simulation, and the secret part of Slack's webhook. */
const SECRETS = [
  /simulated-session-/,
  /simulated-secret-access-key/,
  /hooks\.slack\.example\/services/,
  /ASIA[0-9A-F]{16}/,
];

/** **No secret is in a log**, nor in anything that is told or left in a dead-letter queue. */
export function checkSecrets(judge: Judge): void {
  const { aws, slack } = judge.stage.world;
  const places: Readonly<Record<string, unknown>> = {
    log: aws.lambda.logs.map(({ entry }) => entry),
    // Lambda writes what a function throws into its log.
    failures: aws.lambda.invocations.map(({ result }) =>
      result?.kind === 'failure' ? result.errorMessage : '',
    ),
    notices: aws.sns.published.map(({ message }) => message),
    slack,
    'dead-letter queues': judge.stage.world.deadLetters(),
    ledger: judge.history,
  };
  for (const [place, content] of Object.entries(places)) {
    const text = JSON.stringify(content);
    const found = SECRETS.find((secret) => secret.test(text));
    if (found !== undefined) judge.report('told-a-secret', `${place}: ${text.match(found)?.[0]}`);
  }
}
