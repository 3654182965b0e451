import { TimedHttp } from '../aws/http.ts';
import { LightCalls } from '../aws/light-calls.ts';
import type { ClickDeps } from '../commands/take-clicks.ts';
import type { SlackDoor } from '../commands/slack-door.ts';
import type { Platform } from '../platform.ts';
import { readSettings, slackActionsSettings } from '../settings.ts';

/** A secret that was renewed counts after so long at the latest; forged clicks make nobody read it oftener. */
const KEPT_MS = 60_000;

export function composeSlackActions(platform: Platform): ClickDeps {
  const settings = readSettings(slackActionsSettings, platform.env);
  const { clock, env, log, transport } = platform;
  const calls = new LightCalls({
    http: new TimedHttp(transport.requestHandler, { connectionMs: 700, answerMs: 1_000 }),
    credentials: transport.credentials ?? {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(env['AWS_SESSION_TOKEN'] === undefined ? {} : { sessionToken: env['AWS_SESSION_TOKEN'] }),
    },
    region: settings.AWS_REGION,
  });
  const names = [settings.SLACK_SECRET_PARAMETER, settings.SLACK_WORKSPACE_PARAMETER] as const;
  let known: { readonly at: number; readonly door: SlackDoor | undefined } | undefined;
  return {
    clock,
    log,
    door: async () => {
      const now = clock.now();
      if (known !== undefined && now - known.at < KEPT_MS) return known.door;
      const door = await readDoor(calls, names);
      known = { at: now, door };
      return door;
    },
    queue: async (click) => {
      const input = { QueueUrl: settings.SLACK_ANSWERS_QUEUE_URL, MessageBody: JSON.stringify(click) };
      await calls.call('sqs', 'AmazonSQS.SendMessage', '1.0', input);
    },
  };
}

async function readDoor(
  calls: LightCalls,
  [secret, workspace]: readonly [string, string],
): Promise<SlackDoor | undefined> {
  const input = { Names: [secret, workspace], WithDecryption: true };
  const answer = await calls.call('ssm', 'AmazonSSM.GetParameters', '1.1', input);
  const found = valuesIn(answer);
  const [signingSecret, teamId] = [found.get(secret), found.get(workspace)];
  return signingSecret === undefined || teamId === undefined ? undefined : { signingSecret, teamId };
}

/** Without a library for it: this function answers a click right after its cold start. */
function valuesIn(answer: unknown): ReadonlyMap<string, string> {
  const isMapping = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  const parameters = isMapping(answer) ? answer['Parameters'] : undefined;
  return new Map(
    (Array.isArray(parameters) ? parameters : []).flatMap((each: unknown) => {
      const [name, value] = isMapping(each) ? [each['Name'], each['Value']] : [];
      return typeof name === 'string' && typeof value === 'string' && value.trim() !== ''
        ? [[name, value.trim()] as const]
        : [];
    }),
  );
}
