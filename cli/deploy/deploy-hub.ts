import { CloudFormationClient, type Change, type Stack } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { call } from '../../shared/aws/calls.ts';
import type { AwsTransport } from '../../shared/platform.ts';
import type { ExitCode, Io } from '../io.ts';
import { plural, printable } from '../policy/files.ts';
import { stagedHub, type StagedHub } from './hub-template.ts';
import { HubStack, StackFailure } from './stack.ts';

/** What a deployment takes from outside: a test gives it a simulated AWS. */
export interface DeployPlatform {
  readonly transport: AwsTransport & { readonly endpoint?: string };
  readonly clock: Clock;
}

export interface Wish {
  readonly stage: string;
  readonly region: string;
  readonly organization: string | undefined;
  /** The text of the policy, which was checked. */
  readonly policy: string;
  readonly isDryRun: boolean;
  /** Nothing is to be changed. */
  readonly isPlan: boolean;
  confirm(question: string): Promise<boolean>;
}

const MAX_ATTEMPTS = 5;
const BUCKET_OUTPUT = 'ServerlessDeploymentBucketName';
const CHANGE_SET = 'autopeer';

interface Tools {
  readonly stack: HubStack;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly say: (line: string) => void;
  readonly clock: Clock;
}

/** Makes or changes the hub's stack, and prints what it made. */
export async function deployHub(wish: Wish, io: Io, { transport, clock }: DeployPlatform): Promise<ExitCode> {
  const hub = stagedHub(await io.installation.hubCode(), wish.stage, wish.policy);
  const config = { ...transport, region: wish.region, maxAttempts: MAX_ATTEMPTS };
  const cloudFormation = new CloudFormationClient(config);
  // An endpoint on this machine has no names of buckets.
  const s3 = new S3Client({ ...config, forcePathStyle: transport.endpoint !== undefined });
  const ssm = new SSMClient(config);
  const say = (line: string): void => io.stderr.write(`${printable(line)}\n`);
  try {
    const stack = new HubStack(cloudFormation, `autopeer-${wish.stage}`, clock, say);
    const made = await change(wish, hub, { stack, s3, ssm, say, clock });
    if (made !== undefined) io.stdout.write(summary(made, wish));
    return 0;
  } catch (error) {
    const reason = explain(error);
    if (reason === undefined) throw error;
    for (const line of reason.split('\n')) say(`autopeer: ${line}`);
    return 2;
  } finally {
    for (const client of [cloudFormation, s3, ssm]) client.destroy();
  }
}

/** @returns the stack where something was changed */
async function change(wish: Wish, hub: StagedHub, tools: Tools): Promise<Stack | undefined> {
  const { stack, say } = tools;
  const found = wish.isPlan
    ? await stack.find()
    : await stack.clearFailedCreate((question) => wish.confirm(question));
  const bucket = found === undefined ? undefined : outputOf(found, BUCKET_OUTPUT);
  if (bucket === undefined) return firstTime(wish, hub, tools);
  await writeOrganization(wish, tools);
  const changes = await prepared(wish, hub, bucket, tools);
  if (changes === undefined) {
    say('the hub is as it should be: nothing changes');
    return undefined;
  }
  for (const { ResourceChange: resource } of changes) {
    const { Action = '', Replacement, LogicalResourceId = '', ResourceType = '' } = resource ?? {};
    const replaced = Replacement === 'True' ? ', replaced' : '';
    say(`  ${(MARKS[Action] ?? '~') + replaced}  ${LogicalResourceId} (${ResourceType})`);
  }
  if (wish.isPlan || !(await wish.confirm(`Change the hub autopeer-${wish.stage} in ${wish.region}?`))) {
    await stack.drop(CHANGE_SET);
    say('nothing was changed');
    return undefined;
  }
  return stack.execute(CHANGE_SET);
}

const MARKS: Readonly<Record<string, string>> = { Add: '+', Remove: '-', Modify: '~', Import: '=' };

async function firstTime(wish: Wish, hub: StagedHub, tools: Tools): Promise<Stack | undefined> {
  const { stack, say } = tools;
  for (const { logicalId, type } of hub.resources) say(`  +  ${logicalId} (${type})`);
  const question = `Make the hub autopeer-${wish.stage} in ${wish.region}: ${plural(hub.resources.length, 'resource')}?`;
  if (wish.isPlan || !(await wish.confirm(question))) {
    say('nothing was made');
    return undefined;
  }
  await writeOrganization(wish, tools);
  // Its code needs a bucket first, which is a part of the stack.
  await stack.create(hub.bucketTemplate);
  const created = await stack.find();
  const bucket = created === undefined ? undefined : outputOf(created, BUCKET_OUTPUT);
  if (bucket === undefined) throw new StackFailure('the stack has no bucket for the code');
  await prepared(wish, hub, bucket, tools);
  return stack.execute(CHANGE_SET);
}

/** Uploads the code and the template, and asks what they would change. */
async function prepared(
  { region }: Wish,
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
  return stack.prepare(`https://${bucket}.s3.${region}.${suffix}/${TEMPLATE_KEY}`, CHANGE_SET);
}

/** Where the template reads to which organization the hub belongs. A plan writes nothing. */
async function writeOrganization({ stage, organization, isPlan }: Wish, { ssm, say }: Tools): Promise<void> {
  if (organization === undefined || isPlan) return;
  const Name = `/autopeer-${stage}/organization-id`;
  const known = await readParameter(ssm, Name);
  if (known === organization) return;
  await call('PutParameter', Name, () =>
    ssm.send(new PutParameterCommand({ Name, Value: organization, Type: 'String', Overwrite: true })),
  );
  say(`the parameter ${Name} is ${organization}${known === undefined ? '' : `, and was ${known}`}`);
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

const outputOf = ({ Outputs = [] }: Stack, key: string): string | undefined =>
  Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;

function summary(stack: Stack, { isDryRun, region }: Wish): string {
  const bus = outputOf(stack, 'HubBusArn');
  const topic = outputOf(stack, 'NoticeTopicArn');
  const lines = [
    `the hub ${stack.StackName} is in ${region}`,
    ...(bus === undefined ? [] : [`  bus of the member stacks  ${bus}`]),
    ...(topic === undefined ? [] : [`  topic of the notices      ${topic}`]),
    'Next:',
    '  1. Subscribe to the topic.',
    '  2. Give the accounts the member stack, deploy/member.yaml of the package, with HubBusArn as above.',
    isDryRun
      ? '  3. Read what the dry run tells. Then take dryRun out of the policy and deploy again.'
      : '  3. autopeer status says whether it writes.',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function explain(error: unknown): string | undefined {
  if (error instanceof StackFailure) return error.message;
  if (error instanceof AwsFailure) {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return `${error.message}${cause}`;
  }
  return error instanceof Error && error.name === 'CredentialsProviderError'
    ? 'the AWS SDK finds no credentials: sign in first'
    : undefined;
}
