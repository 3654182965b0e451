import { readFileSync } from 'node:fs';
import { membersTemplate, TEMPLATE_BODY_MAX } from '../../cli/deploy/members-template.ts';
import { fakeAws, FILES, runDeploy, runDeployMember } from '../support/deployments.ts';

const MADE = [undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE'] as const;
const AUTO = { members: 'auto' } as const;

const instance = (account: string, detail: string, reason = ''): string =>
  `<member><Account>${account}</Account><Region>eu-west-1</Region><Status>${detail === 'SUCCEEDED' ? 'CURRENT' : 'OUTDATED'}</Status>` +
  `<StackInstanceStatus><DetailedStatus>${detail}</DetailedStatus></StackInstanceStatus>` +
  `${reason === '' ? '' : `<StatusReason>${reason}</StatusReason>`}</member>`;

const withPolicy = (...changes: readonly (readonly [string, string])[]) => ({
  ...FILES,
  'policy.yaml': changes.reduce((text, [from, to]) => text.replace(from, to), FILES['policy.yaml'] ?? ''),
});

/** What the stack set of the members' stack was made with. */
function stackSet(form: URLSearchParams | undefined): unknown {
  const template: unknown = JSON.parse(form?.get('TemplateBody') ?? '{}');
  return Reflect.get(Object(Reflect.get(Object(template), 'Resources')), 'Members');
}

describe('autopeer deploy gives the accounts their stacks', () => {
  it('by a stack of its own, whose stack set reaches all accounts of the units, new ones too', async () => {
    const aws = fakeAws(MADE, {
      others: { '-members': [undefined, 'CREATE_COMPLETE'] },
      instances: instance('111111111111', 'SUCCEEDED'),
    });
    const { exitCode, stderr } = await runDeploy(aws, AUTO);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('1 account, 1 member stack: 1 done')]);
    const form = aws.requested('CreateStack', '-members');
    expect(form?.get('StackName')).toBe('autopeer-dev-members');
    expect(stackSet(form)).toMatchObject({
      Type: 'AWS::CloudFormation::StackSet',
      Properties: {
        PermissionModel: 'SERVICE_MANAGED',
        CallAs: 'DELEGATED_ADMIN',
        AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
        ManagedExecution: { Active: true },
        OperationPreferences: { FailureTolerancePercentage: 100, RegionConcurrencyType: 'PARALLEL' },
        StackInstancesGroup: [
          { DeploymentTargets: { OrganizationalUnitIds: ['ou-ab12-apps0001'] }, Regions: ['eu-west-1'] },
        ],
        Parameters: expect.arrayContaining([
          { ParameterKey: 'HubAccountId', ParameterValue: '999988887777' },
          { ParameterKey: 'HomeRegion', ParameterValue: 'eu-west-1' },
          { ParameterKey: 'Name', ParameterValue: 'autopeer-dev' },
          { ParameterKey: 'MayDeletePeerings', ParameterValue: 'false' },
        ]),
      },
    });
  });

  it('in the whole organization where no unit is named, and from the management account with its profile', async () => {
    const aws = fakeAws(MADE, { others: { '-members': [undefined, 'CREATE_COMPLETE'] } });
    const { 'autopeer.yaml': settings = '' } = FILES;
    const files = { ...FILES, 'autopeer.yaml': settings.replace(/^units:.*$/m, '') };
    await runDeploy(aws, { ...AUTO, membersProfile: 'management' }, files);
    expect(stackSet(aws.requested('CreateStack', '-members'))).toMatchObject({
      Properties: {
        CallAs: 'SELF',
        StackInstancesGroup: [{ DeploymentTargets: { OrganizationalUnitIds: ['r-ab12'] } }],
      },
    });
    const list = aws.requests.find(({ action }) => action === 'ListStackInstances');
    expect(list?.form.get('CallAs')).toBe('SELF');
  });

  it('an account that fails is named, and neither the others nor the hub go back', async () => {
    const aws = fakeAws(MADE, {
      others: { '-members': [undefined, 'CREATE_COMPLETE'] },
      instances:
        instance('222222222222', 'FAILED', 'an SCP denies iam:CreateRole') +
        instance('111111111111', 'SUCCEEDED') +
        instance('333333333333', 'PENDING') +
        instance('444444444444', 'SKIPPED_SUSPENDED_ACCOUNT'),
    });
    const { exitCode, stdout, stderr } = await runDeploy(aws, AUTO);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      '4 accounts, 4 member stacks: 1 done, 1 still to come, 1 in suspended accounts, 1 failed\n',
    );
    expect(stderr).toContain('  failed  222222222222 eu-west-1: an SCP denies iam:CreateRole\n');
    expect(stdout).toContain('the hub autopeer-dev is in eu-west-1');
  });

  it('where the stack set cannot be made the hub stays, and the way to do it is told', async () => {
    const aws = fakeAws(MADE, { others: { '-members': [undefined, 'ROLLBACK_COMPLETE'] } });
    const { exitCode, stdout, stderr } = await runDeploy(aws, AUTO);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('activate-organizations-access')]);
    expect(stdout).toContain('the hub autopeer-dev is in eu-west-1');
    expect(aws.actions()).not.toContain('DeleteStack');
  });

  it('not where people leave that to themselves', async () => {
    const aws = fakeAws(MADE);
    const { stdout } = await runDeploy(aws, { members: 'manual' });
    expect(stdout).toContain('autopeer deploy --members auto');
    expect(aws.requested('CreateStack', '-members')).toBeUndefined();
  });

  it('and changes them when the policy does; what is the same is left alone', async () => {
    const states = [undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE'] as const;
    const aws = fakeAws([...MADE, 'UPDATE_COMPLETE'], { others: { '-members': states } });
    await runDeploy(aws, AUTO);
    const before = aws.actions().length;
    expect((await runDeploy(aws, AUTO)).stderr).toContain('the members are as they should be');
    expect(aws.actions()).toHaveLength(before);
    // The role is in eu-west-1, and stays there although the policy no longer governs it.
    const elsewhere = withPolicy(['regions: [eu-west-1]', 'regions: [us-east-1]']);
    await runDeploy(aws, AUTO, elsewhere);
    expect(stackSet(aws.requested('CreateChangeSet', '-members'))).toMatchObject({
      Properties: {
        StackInstancesGroup: [{ Regions: ['eu-west-1', 'us-east-1'] }],
        Parameters: expect.arrayContaining([{ ParameterKey: 'HomeRegion', ParameterValue: 'eu-west-1' }]),
      },
    });
  });

  it('and lets autopeer delete peerings only where the policy deletes them', async () => {
    const aws = fakeAws(MADE, { others: { '-members': [undefined, 'CREATE_COMPLETE'] } });
    const deleting = withPolicy(['version: 1', 'version: 1\nguardrails: { unsanctioned: delete }']);
    const { exitCode, stderr } = await runDeploy(aws, AUTO, deleting);
    expect([exitCode, stderr]).toEqual([0, expect.anything()]);
    expect(stackSet(aws.requested('CreateStack', '-members'))).toMatchObject({
      Properties: {
        Parameters: expect.arrayContaining([{ ParameterKey: 'MayDeletePeerings', ParameterValue: 'true' }]),
      },
    });
  });

  it('and lets those read there whom the settings name', async () => {
    const aws = fakeAws(MADE, { others: { '-members': [undefined, 'CREATE_COMPLETE'] } });
    const readers = 'arn:aws:iam::999988887777:role/Network*';
    const named = { ...FILES, 'autopeer.yaml': `${FILES['autopeer.yaml'] ?? ''}readers: ${readers}\n` };
    expect((await runDeploy(aws, AUTO, named)).exitCode).toBe(0);
    expect(stackSet(aws.requested('CreateStack', '-members'))).toMatchObject({
      Properties: {
        Parameters: expect.arrayContaining([{ ParameterKey: 'ReadPrincipalArn', ParameterValue: readers }]),
      },
    });
  });
});

it('the tag that AWS’s data perimeter asks for is a setting', async () => {
  const aws = fakeAws(MADE, { others: { '-members': [undefined, 'CREATE_COMPLETE'] } });
  const within = { ...FILES, 'autopeer.yaml': `${FILES['autopeer.yaml'] ?? ''}dataPerimeter: true\n` };
  expect((await runDeploy(aws, AUTO, within)).exitCode).toBe(0);
  expect(stackSet(aws.requested('CreateStack', '-members'))).toMatchObject({
    Properties: {
      Parameters: expect.arrayContaining([{ ParameterKey: 'DataPerimeter', ParameterValue: 'true' }]),
    },
  });
});

describe('autopeer deploy member', () => {
  const policy = withPolicy(['regions: [eu-west-1]', 'regions: [us-east-1, eu-west-1]']);

  it('makes a plain stack in each region, the one with the role first', async () => {
    const aws = fakeAws(['UPDATE_COMPLETE'], {
      others: { '-member': [undefined, 'CREATE_COMPLETE', 'CREATE_COMPLETE'] },
    });
    const { exitCode, stdout } = await runDeployMember(aws, { profile: 'management' }, policy);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'eu-west-1: the member stack is as it should be']);
    const form = aws.requested('CreateStack', '-member');
    expect([form?.get('StackName'), form?.get('TemplateBody')]).toEqual([
      'autopeer-dev-member',
      expect.stringContaining('MemberRole'),
    ]);
    expect([...(form?.values() ?? [])]).toContain(
      'arn:aws:events:eu-west-1:999988887777:event-bus/autopeer-dev',
    );
  });

  it('says what is missing where the credentials are not the hub’s', async () => {
    const { exitCode, stderr } = await runDeployMember(fakeAws([undefined]));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--bus ARN')]);
  });
});

test('the template of the members is no longer than CloudFormation takes in a request', () => {
  const template = membersTemplate({
    name: 'autopeer-0123456789abcde',
    busArn: 'arn:aws-us-gov:events:us-gov-west-1:999988887777:event-bus/autopeer-0123456789abcde',
    homeRegion: 'us-gov-west-1',
    mayDelete: true,
    callAs: 'DELEGATED_ADMIN',
    units: Array.from({ length: 50 }, (_, index) => `ou-ab12-${String(index).padStart(32, '0')}`),
    regions: Array.from({ length: 40 }, (_, index) => `ap-southeast-${index}`),
    memberTemplate: readFileSync('deploy/member.yaml', 'utf8'),
  });
  // Twice what is there: it may grow.
  expect(2 * Buffer.byteLength(template)).toBeLessThan(TEMPLATE_BODY_MAX);
});
