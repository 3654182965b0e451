import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { evaluateStack } from '../../sim/cloudformation/cloudformation.ts';
import { parseTemplate } from '../../sim/cloudformation/cloudformation-parse.ts';
import { RCPS, SCPS } from '../support/organization-policies.ts';

/*
 * The guardrails of deploy/organization, as somebody else's evaluator of IAM policies reads them. Everybody who is asked about here
 * is an administrator of his account: what stops him is the guardrail and nothing else. That autopeer itself is not stopped by them is
 * seen in permissions.test.ts.
 */

const APPS = '111111111111';
const SHARED = '222222222222';
const HUB = '999988887777';
const OUTSIDE = '555555555555';
const ADMIN = {
  name: 'admin',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};
const OPEN = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

const role = (name: string, account = APPS): string => `arn:aws:iam::${account}:role/${name}`;
const PEERING = `arn:aws:ec2:eu-west-1:${APPS}:vpc-peering-connection/pcx-0123456789abcdef0`;
const organizationOf = (account: string): string => (account === OUTSIDE ? 'o-outside000' : 'o-a1b2c3d4e5');
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

/** Whether an administrator may do it, who is let in by the resource's own policy too. */
async function may(
  principal: string,
  action: string,
  resource: string,
  more: Readonly<Record<string, string | string[]>> = {},
): Promise<boolean> {
  const [caller, owner] = [accountOf(principal), accountOf(resource)];
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: owner },
        contextVariables: {
          'aws:PrincipalArn': principal,
          'aws:PrincipalAccount': caller,
          'aws:PrincipalOrgID': organizationOf(caller),
          'aws:PrincipalIsAWSService': 'false',
          'aws:ResourceAccount': owner,
          'aws:ResourceOrgID': organizationOf(owner),
          ...more,
        },
      },
      identityPolicies: [ADMIN],
      // Who is outside has an organization of his own.
      serviceControlPolicies: caller === OUTSIDE ? [] : SCPS,
      resourceControlPolicies: RCPS,
      ...(caller === owner && !action.startsWith('sts:') ? {} : { resourcePolicy: trusted(action) }),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

const trusted = (action: string): object =>
  action === 'sts:AssumeRole'
    ? { ...OPEN, Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }
    : OPEN;

describe('both', () => {
  it.each(['scp', 'rcp'])('%s.json is within what Organizations takes, blanks counted', (name) => {
    expect(readFileSync(`deploy/organization/${name}.json`, 'utf8').length).toBeLessThanOrEqual(5120);
  });

  it('the resource control policy names services that take part in such policies, and no other', () => {
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
    const supported = ['dynamodb', 'events', 'sqs', 'sts'];
    const text = readFileSync('deploy/organization/rcp.json', 'utf8');
    const named = [...text.matchAll(/"(\w+):(?:\*|[A-Z]\w+)"/g)].map(([, service = '']) => service);
    expect(named.filter((service) => service !== 'aws' && !supported.includes(service))).toEqual([]);
    expect(named).toContain('dynamodb');
  });
});

describe('accepting and deleting of peerings', () => {
  const JOINS = ['ec2:AcceptVpcPeeringConnection', 'ec2:DeleteVpcPeeringConnection'];

  it.each(JOINS)('%s is left to autopeer and to the break-glass role', async (action) => {
    for (const mayDo of ['autopeer-prod-member', 'autopeer-test-member', 'autopeer-break-glass']) {
      expect([mayDo, await may(role(mayDo), action, PEERING)]).toEqual([mayDo, true]);
    }
    const others = [
      'Admin',
      'autopeer-prod-read',
      'autopeer-prod-forward-eu-west-1',
      'my-autopeer-prod-member',
    ];
    for (const other of others) {
      expect([other, await may(role(other), action, PEERING)]).toEqual([other, false]);
    }
    expect(await may(`arn:aws:iam::${APPS}:root`, action, PEERING)).toBe(false);
    expect(await may(`arn:aws:iam::${APPS}:user/autopeer-prod-member`, action, PEERING)).toBe(false);
  });

  it('asking, rejecting and reading stay free', async () => {
    const admin = role('Admin');
    expect(await may(admin, 'ec2:CreateVpcPeeringConnection', PEERING)).toBe(true);
    expect(await may(admin, 'ec2:RejectVpcPeeringConnection', PEERING)).toBe(true);
    expect(await may(admin, 'ec2:DeleteVpc', `arn:aws:ec2:eu-west-1:${APPS}:vpc/vpc-0123456789abcdef0`)).toBe(
      true,
    );
  });

  it('autopeer’s marks on a peering are autopeer’s; other tags of it are anybody’s', async () => {
    const tag = (who: string, keys: string[], what = PEERING) =>
      may(role(who), 'ec2:CreateTags', what, { 'aws:TagKeys': keys });
    expect(await tag('Admin', ['autopeer:hub'])).toBe(false);
    expect(await tag('Admin', ['Name', 'autopeer:status'])).toBe(false);
    expect(await tag('Admin', ['Name'])).toBe(true);
    expect(await tag('autopeer-prod-member', ['autopeer:status'])).toBe(true);
    // What a policy reads of a VPC is its owner's to say.
    expect(
      await tag('Admin', ['autopeer:routes'], `arn:aws:ec2:eu-west-1:${APPS}:vpc/vpc-0123456789abcdef0`),
    ).toBe(true);
  });
});

describe('the data perimeter', () => {
  const tagsOf = (DataPerimeter: string): unknown => {
    const { resources } = evaluateStack({
      template: parseTemplate(readFileSync('deploy/member.yaml', 'utf8')),
      stackName: 'member',
      accountId: APPS,
      region: 'eu-west-1',
      parameters: {
        HubBusArn: `arn:aws:events:eu-west-1:${HUB}:event-bus/autopeer-prod`,
        HubAccountId: HUB,
        HomeRegion: 'eu-west-1',
        DataPerimeter,
      },
      ssmValue: () => undefined,
    });
    return resources.find(({ logicalId }) => logicalId === 'MemberRole')?.properties['Tags'];
  };

  it('lets the member role through by a tag, where the parameter says so', () => {
    expect(tagsOf('true')).toEqual([{ Key: 'dp:exclude:resource', Value: 'true' }]);
    expect(tagsOf('false')).toBeUndefined();
  });
});

describe('nobody becomes autopeer', () => {
  const WRITES = ['iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy', 'iam:CreateRole', 'iam:DeleteRole'];

  it.each(WRITES)('%s on its roles is left to stack sets', async (action) => {
    for (const name of ['autopeer-prod-member', 'autopeer-break-glass', 'stacksets-exec-1f2e3d']) {
      expect([name, await may(role('Admin'), action, role(name))]).toEqual([name, false]);
      expect([name, await may(role('stacksets-exec-0a1b2c'), action, role(name))]).toEqual([name, true]);
    }
    expect(await may(role('Admin'), action, role('web-server'))).toBe(true);
  });

  it('nor takes its rule away', async () => {
    const rule = `arn:aws:events:eu-west-1:${APPS}:rule/autopeer-prod-forward-peering-events`;
    expect(await may(role('Admin'), 'events:DisableRule', rule)).toBe(false);
    expect(await may(role('stacksets-exec-0a1b2c'), 'events:PutRule', rule)).toBe(true);
    expect(await may(role('Admin'), 'events:DisableRule', rule.replace('autopeer', 'other'))).toBe(true);
  });
});

describe('what the resource’s own policy would let in', () => {
  const QUEUE = `arn:aws:sqs:eu-west-1:${HUB}:autopeer-prod-work.fifo`;
  const LEDGER = `arn:aws:dynamodb:eu-west-1:${HUB}:table/autopeer-prod-ledger`;
  const BUS = `arn:aws:events:eu-west-1:${HUB}:event-bus/autopeer-prod`;

  it('queues and ledger are their account’s', async () => {
    expect(await may(role('autopeer-prod-reconcile', HUB), 'sqs:SendMessage', QUEUE)).toBe(true);
    expect(await may(role('autopeer-prod-reconcile', HUB), 'dynamodb:PutItem', LEDGER)).toBe(true);
    for (const account of [SHARED, OUTSIDE]) {
      expect(await may(role('Admin', account), 'sqs:SendMessage', QUEUE)).toBe(false);
      expect(await may(role('Admin', account), 'dynamodb:PutItem', LEDGER)).toBe(false);
    }
    expect(await may(role('Admin', SHARED), 'sqs:SendMessage', QUEUE.replace('autopeer', 'other'))).toBe(
      true,
    );
  });

  it('the bus and the roles are the organization’s', async () => {
    expect(await may(role('autopeer-prod-forward-eu-west-1'), 'events:PutEvents', BUS)).toBe(true);
    expect(await may(role('Admin', OUTSIDE), 'events:PutEvents', BUS)).toBe(false);
    const member = role('autopeer-prod-member');
    expect(await may(role('autopeer-prod-reconcile', HUB), 'sts:AssumeRole', member)).toBe(true);
    expect(await may(role('autopeer-prod-reconcile', OUTSIDE), 'sts:AssumeRole', member)).toBe(false);
  });
});
