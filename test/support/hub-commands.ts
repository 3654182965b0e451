import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { HUB_ACCOUNT, HUB_REGION, type World } from '../../sim/world/world.ts';

/** The key of a session of a new role of the hub's account, which may do what the statements say. */
export async function sessionKey(world: World, name: string, Statement: readonly object[]): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { AWS: HUB_ACCOUNT }, Action: 'sts:AssumeRole' };
  const role = world.aws.iam.createRole(HUB_ACCOUNT, name, { Statement: trust });
  if (Statement.length > 0) world.aws.iam.putRolePolicy(role.arn, 'inline', { Statement });
  const sts = new STSClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT) });
  const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'jo' });
  const { Credentials } = await world.aws.clock.drive(sts.send(assume));
  return Credentials?.AccessKeyId ?? '';
}

/** What docs/operations.md says that a person needs. */
export const maySend = (world: World): readonly object[] => {
  const Resource = world.hub.arn('CommandsLambdaFunction');
  return [
    {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunctionUrl',
      Resource,
      Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    },
    {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource,
      Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    },
  ];
};

export interface Sent {
  readonly method?: string;
  /** Text is sent as it is. */
  readonly body?: unknown;
  readonly service?: string;
  readonly region?: string;
  readonly signed?: boolean;
}

/** Sends a request to the URL of the function `commands`, signed with a key. */
export async function sendTo(world: World, accessKeyId: string, sent: Sent) {
  const { method = 'POST', body = '', service = 'lambda', region = HUB_REGION, signed = true } = sent;
  const { host, pathname } = new URL(world.hub.outputs['CommandsUrl'] ?? '');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await world.aws.clock.drive(
    world.aws.answer({
      method,
      host,
      path: pathname,
      headers: { 'user-agent': 'test', ...(signed ? { authorization } : {}) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  const read = (): unknown => JSON.parse(answer.body);
  return { status: answer.status, headers: answer.headers, text: answer.body, read };
}
