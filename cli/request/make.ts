import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import type { ExitCode, Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { openCaller, type CallersEc2 } from './caller.ts';
import { follow, type Outcome } from './follow.ts';
import type { Look } from './look.ts';
import type { Ends, Preview } from './preview.ts';
import type { RequestOptions, RequestPlatform } from './options.ts';

/** Long enough for a hub that is at work; people take longer. */
const USUAL_MINUTES = 5;
const MINUTE_MS = 60_000;

type Asking = Pick<
  RequestOptions,
  'profile' | 'asRole' | 'name' | 'tag' | 'yes' | 'wait' | 'timeout' | 'output'
>;

/** Asks the person, then AWS, and follows what comes of it. */
export async function makeRequest(
  ends: Ends,
  preview: Preview,
  look: Look,
  options: Asking,
  { io, platform }: { readonly io: Io; readonly platform: Pick<RequestPlatform, 'caller' | 'ask'> },
): Promise<ExitCode> {
  const refuse = (why: string): ExitCode => {
    io.stderr.write(`autopeer: ${printable(why)}\n`);
    return 2;
  };
  const { requester } = ends;
  const caller = await openCaller(options, requester, platform.caller);
  if (caller.accountId !== requester.accountId) {
    return refuse(
      `the credentials are those of ${caller.arn}; the request is made in account ${requester.accountId}: ` +
        'name its profile with --profile, or a role there with --as-role',
    );
  }
  const isThere = preview.existing !== undefined;
  if (!isThere && !options.yes) {
    if (platform.ask === undefined) return refuse('say --yes where nobody can be asked');
    const said = await platform.ask(
      'ask AWS for this peering? yes or no',
      'no',
      (text) => text === 'yes' || text === 'no',
    );
    if (said !== 'yes') return refuse('nothing was asked of AWS');
  }
  let id: PeeringId;
  try {
    id = preview.existing?.id ?? (await caller.request(requester.vpcId, ends.accepter, tagsOf(options)));
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return refuse(`${error.message}${adviceOn(error)}`);
  }
  io.stderr.write(isThere ? `${id} is followed\n` : `${id} is asked for\n`);
  const outcome = options.wait
    ? await followed(id, caller, ends, look, { options, io, platform })
    : undefined;
  tellOutcome(id, outcome, { options, io, preview });
  return outcome === undefined || outcome.kind === 'connected' || outcome.kind === 'accepted' ? 0 : 1;
}

/** The tags of the peering that the person wants. */
export const tagsOf = ({
  name,
  tag,
}: Pick<RequestOptions, 'name' | 'tag'>): Readonly<Record<string, string>> => ({
  ...(name === undefined ? {} : { Name: name }),
  ...tag,
});

function adviceOn({ failureClass, code }: AwsFailure): string {
  if (code === 'OutstandingVpcPeeringConnectionLimitExceeded') {
    return ': too many requests of this account wait in this region. Delete some, or have quota L-DC9F7029 raised';
  }
  if (failureClass === 'denied') {
    return ': the credentials need ec2:CreateVpcPeeringConnection on the VPC and on the peering, and ec2:CreateTags with --name or --tag';
  }
  return '';
}

function followed(
  id: PeeringId,
  caller: CallersEc2,
  ends: Ends,
  look: Look,
  {
    options,
    io,
    platform,
  }: { readonly options: Asking; readonly io: Io; readonly platform: Pick<RequestPlatform, 'caller'> },
): Promise<Outcome> {
  return follow(id, {
    find: (peering) => caller.find(peering),
    decide: () => look.decide(id, ends),
    clock: platform.caller.clock,
    tell: (text) => io.stderr.write(`${printable(text)}\n`),
    timeoutMs: (options.timeout ?? USUAL_MINUTES) * MINUTE_MS,
    isPatient: options.timeout !== undefined,
  });
}

function tellOutcome(
  id: PeeringId,
  outcome: Outcome | undefined,
  { options, io, preview }: { readonly options: Asking; readonly io: Io; readonly preview: Preview },
): void {
  if (options.output === 'json') {
    const { kind = 'asked', why } = outcome ?? {};
    io.stdout.write(`${JSON.stringify({ peering: id, outcome: kind, why, preview })}\n`);
    return;
  }
  io.stdout.write(`${printable(outcome === undefined ? id : `${id} ${outcomeText(outcome)}`)}\n`);
}

function outcomeText({ kind, why }: Outcome): string {
  switch (kind) {
    case 'connected':
      return `is connected ${why}`;
    case 'accepted':
      return `is active ${why}`;
    case 'incomplete':
      return `is active, and something is in the way: ${why}`;
    case 'waits':
      return `waits: ${why}`;
    case 'over':
      return `is over: ${why}`;
    case 'timeout':
      return `is not connected yet: ${why}`;
  }
}
