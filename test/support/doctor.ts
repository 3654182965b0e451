import type { Finding } from '../../analysis/doctor/finding.ts';
import { runDoctor, type DoctorOptions } from '../../cli/doctor/doctor.ts';
import type { DoctorPlatform } from '../../cli/doctor/gather.ts';
import { HUB_ACCOUNT, HUB_REGION, type World, type WorldOptions } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from './policy-text.ts';
import { HERE } from './run-cli.ts';
import { aWorld } from './world.ts';

/** The hub's administrator may read in every account. */
export const READERS = {
  memberParameters: { ReadPrincipalArn: `arn:aws:iam::${HUB_ACCOUNT}:user/administrator` },
};

/** A world that is well: people may read, somebody hears of notices, and a sweep has run. */
export async function aWellWorld(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = aWorld({ ...READERS, ...options });
  await world.settle();
  await world.sweep();
  return world;
}

/** The command, on a simulated AWS, as the hub's administrator, or with another key. */
export async function doctor(
  world: World,
  asked: Partial<DoctorOptions> = {},
  accessKeyId = HUB_ACCOUNT,
  answer?: HubAnswers,
) {
  let [stdout, stderr] = ['', ''];
  const options: DoctorOptions = {
    name: 'autopeer-prod',
    hubRegion: HUB_REGION,
    policy: 'policy.yaml',
    output: 'json',
    all: false,
    fixHints: false,
    ...asked,
  };
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: async () => Buffer.from(APPS_TO_SHARED),
  };
  const exitCode = await world.aws.clock.drive(
    runDoctor(options, io, platformOf(world, accessKeyId, answer)),
  );
  return { exitCode, stdout, stderr };
}

/** What the hub's function is made to answer. */
type HubAnswers = { readonly status: number; readonly body: string };

function platformOf(world: World, accessKeyId: string, given?: HubAnswers): DoctorPlatform {
  // The direct wire has an endpoint of its own, in a form that a command line does not take.
  const transport: object = world.aws.client(accessKeyId);
  return {
    transport,
    clock: world.aws.clock,
    fetch: async ({ host, pathname }, { method, headers, body }) => {
      const answer =
        given ??
        (await world.aws.answer({
          method,
          host,
          path: pathname,
          headers: Object.fromEntries(new Headers(headers)),
          body,
        }));
      return new Response(answer.body, { status: answer.status });
    },
  };
}

/** The findings of `-o json`. */
export function findingsIn(stdout: string): readonly Finding[] {
  const printed: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
  return printed.findings;
}
