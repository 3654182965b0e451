import { CloudFormationClient, type Change, type Stack } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { call } from '../../shared/aws/calls.ts';
import type { AwsTransport } from '../../shared/platform.ts';
import type { ExitCode, Io } from '../io.ts';
import { plural } from '../policy/files.ts';
import { differenceOf } from './difference.ts';
import { stagedHub, type HubSettings, type StagedHub } from './hub-template.ts';
import { NamedStack, StackFailure } from './stack.ts';
import { outputOf, sayOn, tellFailure, type Say } from './words.ts';

/** What a deployment takes from outside: a test gives it a simulated AWS. */
export interface DeployPlatform {
  readonly transport: AwsTransport & { readonly endpoint?: string };
  readonly clock: Clock;
}

/** What is wished of a hub. */
export interface HubWish {
  readonly stage: string;
  readonly region: string;
  readonly organization: string | undefined;
  /** The text of the policy, which was checked. */
  readonly policy: string;
  readonly settings?: HubSettings;
  /** Nothing is to be changed. */
  readonly isPlan: boolean;
  confirm(question: string): Promise<boolean>;
}

/** How it ended. A hub is there where it works, whether or not it was changed; a plan may find none. */
export type HubOutcome =
  | { readonly kind: 'there'; readonly stack: Stack }
  | { readonly kind: 'not-there' }
  | { readonly kind: 'failed'; readonly exitCode: ExitCode };

export const MAX_ATTEMPTS = 5;
/** The name of the bucket of the hub's code. */
export const BUCKET_OUTPUT = 'ServerlessDeploymentBucketName';

interface Tools {
  readonly stack: NamedStack;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly say: Say;
}

/** Makes or changes the hub's stack. */
export async function deployHub(
  wish: HubWish,
  io: Io,
  { transport, clock }: DeployPlatform,
): Promise<HubOutcome> {
  const hub = stagedHub(await io.installation.hubCode(), wish.stage, wish.policy, wish.settings);
  const config = { ...transport, region: wish.region, maxAttempts: MAX_ATTEMPTS };
  const cloudFormation = new CloudFormationClient(config);
  // An endpoint on this machine has no names of buckets.
  const s3 = new S3Client({ ...config, forcePathStyle: transport.endpoint !== undefined });
  const ssm = new SSMClient(config);
  const say = sayOn(io);
  try {
    const stack = new NamedStack(cloudFormation, `autopeer-${wish.stage}`, clock, say);
    const there = await change(wish, hub, { stack, s3, ssm, say });
    return there === undefined ? { kind: 'not-there' } : { kind: 'there', stack: there };
  } catch (error) {
    return { kind: 'failed', exitCode: tellFailure(error, say) };
  } finally {
    for (const client of [cloudFormation, s3, ssm]) client.destroy();
  }
}

/** @returns the hub that is there afterwards, if any */
async function change(wish: HubWish, hub: StagedHub, tools: Tools): Promise<Stack | undefined> {
  const { stack, say } = tools;
  const found = wish.isPlan
    ? await stack.find()
    : await stack.clearFailedCreate((question) => wish.confirm(question));
  const bucket = found === undefined ? undefined : outputOf(found, BUCKET_OUTPUT);
  if (found === undefined || bucket === undefined) return firstTime(wish, hub, tools);
  // The question comes before anything is written. A change set would need the uploaded code, so the changes are
  // worked out here.
  const parameter = await organizationChange(wish, tools.ssm);
  const { isSame, lines } = differenceOf(await stack.template(), hub.template);
  if (isSame && parameter === undefined) {
    say('the hub is as it should be: nothing changes');
    return found;
  }
  for (const line of [...lines, ...(parameter === undefined ? [] : [parameter.line])]) say(line);
  if (wish.isPlan || !(await wish.confirm(`Change the hub ${stack.name} in ${wish.region}?`))) {
    say('nothing was changed');
    return found;
  }
  await parameter?.write();
  const changes = await prepared(wish, hub, bucket, tools);
  if (changes === undefined) {
    say('CloudFormation finds nothing to change in the hub');
    return found;
  }
  if (!(await agreesToReplace(wish, changes, tools))) {
    await stack.drop();
    say('the stack was not changed');
    return found;
  }
  return stack.execute();
}

/** CloudFormation alone knows what it would make anew: people are asked again. */
async function agreesToReplace(wish: HubWish, changes: readonly Change[], { say }: Tools): Promise<boolean> {
  const replaced = changes.filter(({ ResourceChange: it }) => it?.Replacement === 'True');
  if (replaced.length === 0) return true;
  for (const { ResourceChange: it } of replaced)
    say(`  ~  ${it?.LogicalResourceId} is deleted and made anew`);
  return wish.confirm(`Go on and replace ${plural(replaced.length, 'resource')}?`);
}

async function firstTime(wish: HubWish, hub: StagedHub, tools: Tools): Promise<Stack | undefined> {
  const { stack, say } = tools;
  for (const { logicalId, type } of hub.resources) say(`  +  ${logicalId} (${type})`);
  const question = `Make the hub ${stack.name} in ${wish.region}: ${plural(hub.resources.length, 'resource')}?`;
  if (wish.isPlan || !(await wish.confirm(question))) {
    say('nothing was made');
    return undefined;
  }
  await (await organizationChange(wish, tools.ssm))?.write();
  // Its code needs a bucket first, which is a part of the stack.
  const bucket = outputOf(await stack.create(hub.bucketTemplate), BUCKET_OUTPUT);
  if (bucket === undefined) throw new StackFailure('the stack has no bucket for the code');
  await prepared(wish, hub, bucket, tools);
  return stack.execute();
}

/** Uploads the code and the template, and asks what they would change. */
async function prepared(
  { region }: HubWish,
  hub: StagedHub,
  bucket: string,
  { stack, s3, say }: Tools,
): Promise<readonly Change[] | undefined> {
  const TEMPLATE_KEY = 'autopeer/hub-template.json';
  say(`uploading the code of ${plural(hub.uploads.length, 'function')}`);
  const bodies = [...hub.uploads, { key: TEMPLATE_KEY, body: hub.template }];
  await Promise.all(
    bodies.map(({ key, body }) =>
      call('PutObject', `the bucket ${bucket}`, () =>
        s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
      ),
    ),
  );
  const suffix = partitionOf(region).id === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const template = { TemplateURL: `https://${bucket}.s3.${region}.${suffix}/${TEMPLATE_KEY}` };
  return stack.prepare(template, [...hub.parameters]);
}

/** A change of the parameter from which the template reads to which organization the hub belongs; nothing where it is right. */
async function organizationChange(
  { stage, organization }: HubWish,
  ssm: SSMClient,
): Promise<{ readonly line: string; write(): Promise<void> } | undefined> {
  if (organization === undefined) return undefined;
  const Name = `/autopeer-${stage}/organization-id`;
  const known = await readParameter(ssm, Name);
  if (known === organization) return undefined;
  return {
    line: `  ${known === undefined ? '+' : '~'}  the parameter ${Name}: ${known === undefined ? '' : `${known} → `}${organization}`,
    write: async () => {
      await call('PutParameter', Name, () =>
        ssm.send(new PutParameterCommand({ Name, Value: organization, Type: 'String', Overwrite: true })),
      );
    },
  };
}

async function readParameter(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await call('GetParameter', Name, () => ssm.send(new GetParameterCommand({ Name })));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof AwsFailure && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}
