import { CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { call } from '../../shared/aws/calls.ts';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import type { ExitCode, Io } from '../io.ts';
import { BUCKET_OUTPUT, MAX_ATTEMPTS, type DeployPlatform } from '../deploy/deploy-hub.ts';
import { membersName } from '../deploy/members-template.ts';
import { NamedStack, StackFailure } from '../deploy/stack.ts';
import { outputOf, sayOn, tellFailure, type Say } from '../deploy/words.ts';

/** What is to be taken away besides the hub. */
export interface RemovalWish {
  /** The hub's name: autopeer-prod. */
  readonly name: string;
  readonly region: string;
  readonly withMembers: boolean;
  readonly withLedger: boolean;
  /** Credentials of the management account, where it holds the members' stack set. */
  readonly membersProfile: string | undefined;
  confirm(question: string): Promise<boolean>;
}

/** Pages of a thousand objects: more than any hub has deployed. */
const MAX_PAGES = 1000;
/** A table is changed in seconds. */
const MAX_POLLS = 100;
const POLL_MS = 3000;

interface Tools {
  readonly hub: NamedStack;
  readonly members: NamedStack;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBClient;
  readonly say: Say;
  readonly clock: Clock;
}

/** Takes the hub away, and what is asked for besides, and says what stays. */
export async function removeHub(
  wish: RemovalWish,
  io: Io,
  { transport, clock }: DeployPlatform,
): Promise<ExitCode> {
  const say = sayOn(io);
  const config = { ...transport, region: wish.region, maxAttempts: MAX_ATTEMPTS };
  const profile = wish.membersProfile === undefined ? {} : { profile: wish.membersProfile };
  const clients = {
    hub: new CloudFormationClient(config),
    members: new CloudFormationClient({ ...config, ...profile }),
    s3: new S3Client({ ...config, forcePathStyle: transport.endpoint !== undefined }),
    dynamo: new DynamoDBClient(config),
  };
  try {
    const tools = {
      ...clients,
      say,
      clock,
      hub: new NamedStack(clients.hub, wish.name, clock, say),
      members: new NamedStack(clients.members, membersName(wish.name), clock, say),
    };
    io.stdout.write(await remove(wish, tools));
    return 0;
  } catch (error) {
    return tellFailure(error, say);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** @returns the lines to print at the end */
async function remove(wish: RemovalWish, { hub, members, s3, dynamo, say, clock }: Tools): Promise<string> {
  const [found, foundMembers] = [await hub.find(), await members.find()];
  const table = `${wish.name}-ledger`;
  const isWithMembers = wish.withMembers && foundMembers !== undefined;
  const parts = [
    ...(isWithMembers ? [`the stack ${members.name}, and with it autopeer's role in every account`] : []),
    ...(found === undefined ? [] : [`the stack ${hub.name} with its functions, queues and bus`]),
    ...(wish.withLedger ? [`the ledger ${table} with all that autopeer remembers`] : []),
  ];
  if (parts.length === 0) return `there is no hub ${hub.name} in ${wish.region}\n`;
  for (const part of parts) say(`  -  ${part}`);
  if (!(await wish.confirm(`Delete that in ${wish.region}?`))) return 'nothing was deleted\n';
  if (isWithMembers) await members.delete();
  if (found !== undefined) await deleteHub(found, hub, s3);
  if (wish.withLedger) await deleteLedger(dynamo, table, clock);
  const stays = [
    ...(foundMembers !== undefined && !isWithMembers
      ? [`the stack ${members.name}: the accounts keep their roles, which only the hub could assume`]
      : []),
    ...(wish.withLedger ? [] : [`the ledger ${table}: the next deployment takes it over`]),
    `the parameters below /${wish.name}/ that you or the first deployment wrote`,
    'the peerings, and the routes that autopeer wrote',
  ];
  return ['deleted. What stays:', ...stays.map((it) => `  ${it}`), ''].join('\n');
}

async function deleteHub(found: Stack, hub: NamedStack, s3: S3Client): Promise<void> {
  if (found.StackStatus?.endsWith('_IN_PROGRESS') === true) {
    throw new StackFailure(`somebody is changing the stack ${hub.name}: wait until it is done`);
  }
  const bucket = outputOf(found, BUCKET_OUTPUT);
  // CloudFormation deletes no bucket that holds something. Its code can be uploaded again.
  if (bucket !== undefined) await empty(s3, bucket);
  await hub.delete();
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const { Versions = [], DeleteMarkers = [] } = await call(
      'ListObjectVersions',
      `the bucket ${Bucket}`,
      () => s3.send(new ListObjectVersionsCommand({ Bucket })),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const { Errors: [error] = [] } = await call('DeleteObjects', `the bucket ${Bucket}`, () =>
      s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
    );
    if (error !== undefined) {
      throw new StackFailure(`the bucket ${Bucket} cannot be emptied: ${error.Message ?? error.Code ?? ''}`);
    }
  }
  throw new StackFailure(`the bucket ${Bucket} cannot be emptied: it is filled again`);
}

/** Its protection is taken off first; a table that is not there is gone already. */
async function deleteLedger(dynamo: DynamoDBClient, TableName: string, clock: Clock): Promise<void> {
  const on = `the table ${TableName}`;
  try {
    await call('UpdateTable', on, () =>
      dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })),
    );
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const { Table } = await call('DescribeTable', on, () =>
        dynamo.send(new DescribeTableCommand({ TableName })),
      );
      // DynamoDB deletes no table that it is changing.
      if (Table?.TableStatus === 'ACTIVE') break;
      await clock.sleep(POLL_MS);
    }
    await call('DeleteTable', on, () => dynamo.send(new DeleteTableCommand({ TableName })));
  } catch (error) {
    if (!(error instanceof AwsFailure && error.code === 'ResourceNotFoundException')) throw error;
  }
}
