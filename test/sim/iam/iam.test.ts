import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, failureOf, HUB, MEMBER, newAws, REGION, STRANGER } from '../world/services-support.ts';

const TRUSTS_HUB = {
  Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HUB}:root` }, Action: 'sts:AssumeRole' },
};
const READS_VPCS = { Statement: { Effect: 'Allow', Action: 'ec2:DescribeVpcs', Resource: '*' } };

function newRole(aws: SimulatedAws, policy: object, trust: object = TRUSTS_HUB): string {
  const role = aws.iam.createRole(MEMBER, 'reader', trust);
  aws.iam.putRolePolicy(role.arn, 'inline', policy);
  return role.arn;
}

const assume = (aws: SimulatedAws, RoleArn: string, accountId = HUB) =>
  new STSClient(as(aws, accountId)).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));

/** A client's configuration with the role's credentials. */
async function asRole(aws: SimulatedAws, roleArn: string, accountId = HUB) {
  const { Credentials } = await aws.clock.drive(assume(aws, roleArn, accountId));
  return {
    ...as(aws, HUB),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  };
}

const describeVpcs = (config: Awaited<ReturnType<typeof asRole>>) =>
  new EC2Client(config).send(new DescribeVpcsCommand({}));

describe('a role', () => {
  test('may do what its policy allows', async () => {
    const aws = newAws();
    const config = await asRole(aws, newRole(aws, READS_VPCS));

    expect((await aws.clock.drive(describeVpcs(config))).Vpcs).toEqual([]);
  });

  test('may not do what no policy allows, in the words of EC2', async () => {
    const aws = newAws();
    const config = await asRole(
      aws,
      newRole(aws, { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } }),
    );

    expect(await failureOf(aws, describeVpcs(config))).toEqual({
      name: 'UnauthorizedOperation',
      message: `You are not authorized to perform this operation. User: arn:aws:sts::${MEMBER}:assumed-role/reader/test is not authorized to perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action`,
      httpStatus: 403,
    });
  });

  test('may not do what a policy denies, whatever another allows', async () => {
    const aws = newAws();
    const arn = newRole(aws, READS_VPCS);
    aws.iam.putRolePolicy(arn, 'deny', { Statement: { Effect: 'Deny', Action: 'ec2:*', Resource: '*' } });

    expect((await failureOf(aws, describeVpcs(await asRole(aws, arn)))).message).toContain(
      'with an explicit deny in an identity-based policy',
    );
  });

  test('is refused by a JSON service with AccessDeniedException', async () => {
    const aws = newAws();
    const config = await asRole(aws, newRole(aws, READS_VPCS));

    const failure = await failureOf(aws, new SSMClient(config).send(new GetParameterCommand({ Name: '/a' })));

    expect(failure).toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${MEMBER}:assumed-role/reader/test is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:${REGION}:${MEMBER}:parameter/a because no identity-based policy allows the ssm:GetParameter action`,
    });
  });

  test('loses its rights when its session is over', async () => {
    const aws = newAws();
    const config = await asRole(aws, newRole(aws, READS_VPCS));
    await aws.clock.run(aws.clock.now() + 3600_000);

    expect(await failureOf(aws, describeVpcs(config))).toMatchObject({ name: 'RequestExpired' });
  });
});

describe('assuming a role', () => {
  test('is refused to an account that the role does not trust', async () => {
    const aws = newAws();
    const arn = newRole(aws, READS_VPCS);

    expect(await failureOf(aws, assume(aws, arn, STRANGER))).toEqual({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${STRANGER}:user/administrator is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      httpStatus: 403,
    });
  });

  test('of a role that does not exist is refused in the same words', async () => {
    const aws = newAws();
    const arn = `arn:aws:iam::${MEMBER}:role/none`;

    expect((await failureOf(aws, assume(aws, arn))).message).toContain(`sts:AssumeRole on resource: ${arn}`);
  });

  test('is for the one role only that a condition names', async () => {
    const aws = newAws();
    const caller = aws.iam.createRole(HUB, 'reconcile', TRUSTS_HUB);
    aws.iam.putRolePolicy(caller.arn, 'assume', {
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/reader' },
    });
    const arn = newRole(aws, READS_VPCS, {
      Statement: {
        ...TRUSTS_HUB.Statement,
        Condition: { ArnEquals: { 'aws:PrincipalArn': caller.arn } },
      },
    });
    const config = await asRole(aws, caller.arn);

    expect(await failureOf(aws, assume(aws, arn))).toMatchObject({ name: 'AccessDenied' });
    const answer = await aws.clock.drive(
      new STSClient(config).send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'test' })),
    );
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/reader/test`);
  });

  test('across accounts also needs the permission of the caller', async () => {
    const aws = newAws();
    const caller = aws.iam.createRole(HUB, 'reconcile', TRUSTS_HUB);
    const config = await asRole(aws, caller.arn);
    const arn = newRole(aws, READS_VPCS);

    const failure = await failureOf(
      aws,
      new STSClient(config).send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'test' })),
    );

    expect(failure).toMatchObject({ name: 'AccessDenied' });
  });

  test('can ask for the organization', async () => {
    const aws = newAws();
    const arn = newRole(aws, READS_VPCS, {
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': aws.organization.id } },
      },
    });

    expect(await failureOf(aws, assume(aws, arn))).toMatchObject({ name: 'AccessDenied' });
    aws.organization.addAccount(HUB);
    await expect(aws.clock.drive(assume(aws, arn))).resolves.toBeDefined();
  });
});

describe('a denial that a test asks for', () => {
  test('refuses the account until it is taken back', async () => {
    const aws = newAws();
    const client = new EC2Client(as(aws, MEMBER));
    const allowAgain = aws.faults.deny('ec2', 'DescribeVpcs', MEMBER);

    expect((await failureOf(aws, client.send(new DescribeVpcsCommand({})))).message).toContain(
      'explicit deny in a service control policy',
    );
    allowAgain();
    await expect(aws.clock.drive(client.send(new DescribeVpcsCommand({})))).resolves.toBeDefined();
  });
});
