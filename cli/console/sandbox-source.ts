import type { ConsoleSource } from '../../console/source.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { HUB_ACCOUNT, HUB_REGION, NAME } from '../../sim/world/world.ts';
import type { HubPlatform } from '../hub-command.ts';
import type { Io } from '../io.ts';
import { READ_ROLE } from '../member-reads.ts';
import { Asks } from './asks.ts';
import { act } from './sandbox-actions.ts';

/** Everything in a sandbox is near; peerings change by the second. */
const MAX_AGE_MS = 1_000;
const POLICY = 'policy.yaml';

/**
 * What the console asks of a sandbox: the commands of a real organization, over HTTP, as the hub's administrator.
 *
 * @param url where the sandbox listens
 */
export function sandboxSource(sandbox: Sandbox, url: string, io: Io): ConsoleSource {
  const now = (): number => sandbox.running.world.aws.clock.now();
  const platformAs = (credentials: Credentials): HubPlatform => ({
    transport: { endpoint: url, credentials },
    fetch,
  });
  const administrator = platformAs(keyOf(HUB_ACCOUNT));
  const asks = new Asks(
    {
      policy: POLICY,
      regions: undefined,
      roleName: READ_ROLE,
      ledger: `${NAME}-ledger`,
      hub: { name: NAME, hubRegion: HUB_REGION },
      maxAgeMs: MAX_AGE_MS,
    },
    {
      // Sessions expire by virtual time.
      io: { ...io, now },
      platform: {
        ...administrator,
        clock: { now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
      },
      platformOf: async (name) => platformAs(await sessionOf(name, url)),
      files: () => ({ [POLICY]: sandbox.policy }),
    },
  );
  return {
    place: {
      kind: 'sandbox',
      title: `sandbox, world ${sandbox.running.source.name}`,
      policy: 'the sandbox’s policy',
    },
    ask: (question) => asks.ask(question),
    sandbox: {
      feed: sandbox.feed,
      state: () => ({ ...sandbox.health(), faults: sandbox.running.faults.settings }),
      act: (action) => act(action, sandbox, url),
    },
  };
}

type Credentials = NonNullable<HubPlatform['transport']['credentials']>;

const keyOf = (accessKeyId: string): Credentials => ({ accessKeyId, secretAccessKey: 'any' });

/** A session of a role of the hub's account, which is there as soon as somebody assumes it. */
async function sessionOf(name: string, endpoint: string): Promise<Credentials> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ endpoint, region: HUB_REGION, credentials: keyOf(HUB_ACCOUNT) });
  try {
    const RoleArn = `arn:aws:iam::${HUB_ACCOUNT}:role/${name}`;
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: name }));
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  } finally {
    sts.destroy();
  }
}
