import {
  CloseAccountCommand,
  CreateOrganizationalUnitCommand,
  DeleteOrganizationalUnitCommand,
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListChildrenCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
  paginateListAccounts,
  UpdateOrganizationalUnitCommand,
} from '@aws-sdk/client-organizations';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import { as, failureOf, HUB, MEMBER, newAws, REGION, STRANGER } from '../world/services-support.ts';

function newOrganization() {
  const aws = newAws();
  const unit = aws.organization.addOrganizationalUnit('workloads');
  const prod = aws.organization.addOrganizationalUnit('prod', { parentId: unit.id, id: 'ou-ab12-prod0001' });
  aws.organization.addAccount(MEMBER, { parentId: prod.id, name: 'shop' });
  aws.organization.addAccount(HUB);
  aws.organization.delegate(HUB);
  return { aws, unit, prod, client: new OrganizationsClient(as(aws, HUB, 'us-east-1')) };
}

describe('Organizations', () => {
  test('describes a member account', async () => {
    const { aws, client } = newOrganization();

    const { Account } = await aws.clock.drive(client.send(new DescribeAccountCommand({ AccountId: MEMBER })));

    expect(Account).toMatchObject({ Id: MEMBER, Name: 'shop', State: 'ACTIVE' });
  });

  test('does not know an account outside', async () => {
    const { aws, client } = newOrganization();

    expect(
      await failureOf(aws, client.send(new DescribeAccountCommand({ AccountId: STRANGER }))),
    ).toMatchObject({
      name: 'AccountNotFoundException',
    });
  });

  test('its management account moves and closes accounts and makes OUs', async () => {
    const { aws, unit, prod } = newOrganization();
    const { managementAccountId } = aws.organization;
    const client = new OrganizationsClient(as(aws, managementAccountId, 'us-east-1'));
    const made = await aws.clock.drive(
      client.send(new CreateOrganizationalUnitCommand({ Name: 'test', ParentId: unit.id })),
    );
    const DestinationParentId = made.OrganizationalUnit?.Id;
    const move = { AccountId: MEMBER, SourceParentId: prod.id, DestinationParentId };
    await aws.clock.drive(client.send(new MoveAccountCommand(move)));
    const { Parents } = await aws.clock.drive(client.send(new ListParentsCommand({ ChildId: MEMBER })));
    expect(Parents).toEqual([{ Id: DestinationParentId, Type: 'ORGANIZATIONAL_UNIT' }]);
    await aws.clock.drive(client.send(new CloseAccountCommand({ AccountId: MEMBER })));
    const { Account } = await aws.clock.drive(client.send(new DescribeAccountCommand({ AccountId: MEMBER })));
    expect(Account?.State).toBe('PENDING_CLOSURE');

    const refused = async (sent: Promise<unknown>): Promise<unknown> =>
      Reflect.get(await failureOf(aws, sent), 'name');
    // It is not where the call says.
    expect(await refused(client.send(new MoveAccountCommand(move)))).toBe('AccountNotFoundException');
    expect(
      await refused(client.send(new MoveAccountCommand({ ...move, SourceParentId: 'ou-ab12-none0001' }))),
    ).toBe('SourceParentNotFoundException');
    expect(
      await refused(
        client.send(new MoveAccountCommand({ ...move, DestinationParentId: 'ou-ab12-none0001' })),
      ),
    ).toBe('DestinationParentNotFoundException');
    expect(await refused(client.send(new CloseAccountCommand({ AccountId: MEMBER })))).toBe(
      'AccountAlreadyClosedException',
    );
    expect(await refused(client.send(new CloseAccountCommand({ AccountId: managementAccountId })))).toBe(
      'ConstraintViolationException',
    );
    const again = new CreateOrganizationalUnitCommand({ Name: 'test', ParentId: unit.id });
    expect(await refused(client.send(again))).toBe('DuplicateOrganizationalUnitException');
  });

  test('a unit is renamed, and deleted when nothing is in it', async () => {
    const { aws, unit, prod } = newOrganization();
    const client = new OrganizationsClient(as(aws, aws.organization.managementAccountId, 'us-east-1'));
    const send = { rename: UpdateOrganizationalUnitCommand, drop: DeleteOrganizationalUnitCommand };
    const rename = (OrganizationalUnitId: string, Name: string) =>
      client.send(new send.rename({ OrganizationalUnitId, Name }));
    const drop = (OrganizationalUnitId: string) => client.send(new send.drop({ OrganizationalUnitId }));
    const refused = async (sent: Promise<unknown>): Promise<unknown> =>
      Reflect.get(await failureOf(aws, sent), 'name');

    const { OrganizationalUnit } = await aws.clock.drive(rename(prod.id, 'production'));
    expect(OrganizationalUnit).toMatchObject({ Id: prod.id, Name: 'production' });
    aws.organization.addOrganizationalUnit('test', { parentId: unit.id, id: 'ou-ab12-test0001' });
    expect(await refused(rename('ou-ab12-test0001', 'production'))).toBe(
      'DuplicateOrganizationalUnitException',
    );
    await aws.clock.drive(rename(prod.id, 'production'));
    expect(await refused(rename('ou-ab12-none0001', 'x'))).toBe('OrganizationalUnitNotFoundException');

    expect(await refused(drop(prod.id))).toBe('OrganizationalUnitNotEmptyException');
    expect(await refused(drop(unit.id))).toBe('OrganizationalUnitNotEmptyException');
    await aws.clock.drive(drop('ou-ab12-test0001'));
    expect(await refused(drop('ou-ab12-test0001'))).toBe('OrganizationalUnitNotFoundException');
    // The id of a new one is none that was there.
    const made = aws.organization.addOrganizationalUnit('next');
    expect([unit.id, prod.id, 'ou-ab12-test0001']).not.toContain(made.id);
  });

  test('nobody else changes it, a delegated administrator neither', async () => {
    const { aws, client, prod } = newOrganization();
    const move = { AccountId: MEMBER, SourceParentId: prod.id, DestinationParentId: aws.organization.rootId };
    expect(await failureOf(aws, client.send(new MoveAccountCommand(move)))).toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(aws.organization.accounts.get(MEMBER)?.parentId).toBe(prod.id);
  });

  test('names the parent of an account, of a unit, and the root', async () => {
    const { aws, client, unit, prod } = newOrganization();
    const parentOf = async (ChildId: string) =>
      (await aws.clock.drive(client.send(new ListParentsCommand({ ChildId })))).Parents;

    expect(await parentOf(MEMBER)).toEqual([{ Id: prod.id, Type: 'ORGANIZATIONAL_UNIT' }]);
    expect(await parentOf(prod.id)).toEqual([{ Id: unit.id, Type: 'ORGANIZATIONAL_UNIT' }]);
    expect(await parentOf(unit.id)).toEqual([{ Id: aws.organization.rootId, Type: 'ROOT' }]);
  });

  test('does not know the parent of a stranger', async () => {
    const { aws, client } = newOrganization();

    expect(await failureOf(aws, client.send(new ListParentsCommand({ ChildId: STRANGER })))).toMatchObject({
      name: 'ChildNotFoundException',
    });
  });

  test('lists its accounts in pages', async () => {
    const { aws, client } = newOrganization();
    for (let index = 0; index < 9; index++) aws.organization.addAccount(`00000000000${index}`);
    const read = async (): Promise<number[]> => {
      const sizes: number[] = [];
      for await (const page of paginateListAccounts({ client }, {})) sizes.push(page.Accounts?.length ?? 0);
      return sizes;
    };

    expect(await aws.clock.drive(read())).toEqual([5, 5, 2]);
  });

  test('lists what is under a root or a unit', async () => {
    const { aws, client, unit, prod } = newOrganization();
    const { Roots } = await aws.clock.drive(client.send(new ListRootsCommand({})));
    const ParentId = Roots?.[0]?.Id;

    const units = await aws.clock.drive(
      client.send(new ListOrganizationalUnitsForParentCommand({ ParentId })),
    );
    const accounts = await aws.clock.drive(
      client.send(new ListAccountsForParentCommand({ ParentId: prod.id })),
    );
    const children = await aws.clock.drive(
      client.send(new ListChildrenCommand({ ParentId: unit.id, ChildType: 'ORGANIZATIONAL_UNIT' })),
    );

    expect(units.OrganizationalUnits).toMatchObject([{ Id: unit.id, Name: 'workloads' }]);
    expect(accounts.Accounts).toMatchObject([{ Id: MEMBER }]);
    expect(children.Children).toEqual([{ Id: prod.id, Type: 'ORGANIZATIONAL_UNIT' }]);
  });

  test('describes a unit', async () => {
    const { aws, client, prod } = newOrganization();

    const answer = await aws.clock.drive(
      client.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: prod.id })),
    );

    expect(answer.OrganizationalUnit).toMatchObject({ Id: prod.id, Name: 'prod' });
  });

  test('answers the management account and a delegated administrator, nobody else', async () => {
    const { aws } = newOrganization();
    const ask = (accountId: string) =>
      new OrganizationsClient(as(aws, accountId, 'us-east-1')).send(
        new DescribeAccountCommand({ AccountId: MEMBER }),
      );

    await aws.clock.drive(ask(aws.organization.managementAccountId));

    expect(await failureOf(aws, ask(MEMBER))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test('tells every member which organization it is in, and a stranger that it is in none', async () => {
    const { aws } = newOrganization();
    const ask = (accountId: string) =>
      new OrganizationsClient(as(aws, accountId, 'us-east-1')).send(new DescribeOrganizationCommand({}));

    expect((await aws.clock.drive(ask(MEMBER))).Organization).toMatchObject({ Id: aws.organization.id });
    expect(await failureOf(aws, ask(STRANGER))).toMatchObject({ name: 'AWSOrganizationsNotInUseException' });
  });
});

describe('STS', () => {
  test('tells an administrator who it is', async () => {
    const aws = newAws();

    expect(
      await aws.clock.drive(new STSClient(as(aws, MEMBER)).send(new GetCallerIdentityCommand({}))),
    ).toMatchObject({ Account: MEMBER, Arn: `arn:aws:iam::${MEMBER}:user/administrator` });
  });
});

describe('SSM', () => {
  const read = (Name: string, WithDecryption = false) => new GetParameterCommand({ Name, WithDecryption });

  test('gives a parameter of the caller’s account and region', async () => {
    const aws = newAws();
    aws.ssm.put(MEMBER, REGION, '/a/b', 'value');

    const { Parameter } = await aws.clock.drive(new SSMClient(as(aws, MEMBER)).send(read('/a/b')));

    expect(Parameter).toMatchObject({
      Name: '/a/b',
      Value: 'value',
      Version: 1,
      ARN: `arn:aws:ssm:${REGION}:${MEMBER}:parameter/a/b`,
    });
  });

  test('gives a secret only when asked to decrypt it', async () => {
    const aws = newAws();
    const client = new SSMClient(as(aws, MEMBER));
    aws.ssm.put(MEMBER, REGION, '/secret', 'hunter2', 'SecureString');

    expect((await aws.clock.drive(client.send(read('/secret')))).Parameter?.Value).not.toContain('hunter2');
    expect((await aws.clock.drive(client.send(read('/secret', true)))).Parameter?.Value).toBe('hunter2');
  });

  test('does not find a parameter of another region', async () => {
    const aws = newAws();
    aws.ssm.put(MEMBER, 'us-east-1', '/a', 'value');

    expect(await failureOf(aws, new SSMClient(as(aws, MEMBER)).send(read('/a')))).toMatchObject({
      name: 'ParameterNotFound',
    });
  });

  test('names the parameters of a list that do not exist', async () => {
    const aws = newAws();
    aws.ssm.put(MEMBER, REGION, '/a', 'value');

    const answer = await aws.clock.drive(
      new SSMClient(as(aws, MEMBER)).send(new GetParametersCommand({ Names: ['/a', '/b'] })),
    );

    expect(answer).toMatchObject({ Parameters: [{ Name: '/a' }], InvalidParameters: ['/b'] });
  });
});

describe('SNS', () => {
  test('gives subscribers what is published', async () => {
    const aws = newAws();
    const TopicArn = aws.sns.createTopic(MEMBER, REGION, 'notices');
    const seen: string[] = [];
    aws.sns.subscribe(TopicArn, (publication) => seen.push(publication.message));

    await aws.clock.drive(
      new SNSClient(as(aws, MEMBER)).send(
        new PublishCommand({ TopicArn, Subject: 'News', Message: 'hello' }),
      ),
    );
    await aws.clock.run();

    expect(seen).toEqual(['hello']);
    expect(aws.sns.published).toMatchObject([{ topicArn: TopicArn, subject: 'News', message: 'hello' }]);
  });

  test.each([
    ['a line break', 'two\nlines'],
    ['an umlaut', 'Größe'],
    ['a hundred characters', 'x'.repeat(100)],
  ])('refuses a subject with %s', async (_what, Subject) => {
    const aws = newAws();
    const TopicArn = aws.sns.createTopic(MEMBER, REGION, 'notices');
    const client = new SNSClient(as(aws, MEMBER));

    expect(
      await failureOf(aws, client.send(new PublishCommand({ TopicArn, Subject, Message: 'hello' }))),
    ).toMatchObject({ name: 'InvalidParameterException', message: 'Invalid parameter: Subject' });
  });

  test('does not know a topic that does not exist', async () => {
    const aws = newAws();
    const TopicArn = `arn:aws:sns:${REGION}:${MEMBER}:none`;

    expect(
      await failureOf(
        aws,
        new SNSClient(as(aws, MEMBER)).send(new PublishCommand({ TopicArn, Message: 'hello' })),
      ),
    ).toMatchObject({ name: 'NotFoundException', httpStatus: 404 });
  });
});
