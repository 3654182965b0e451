import { strFromU8, unzipSync, strToU8 } from 'fflate';
import { checkPolicy } from '../../cli/deploy/check-policy.ts';
import { policyOf } from '../support/policy-text.ts';
import { errorWithCode, HERE } from '../support/run-cli.ts';
import { differenceOf } from '../../cli/deploy/difference.ts';
import { stagedHub } from '../../cli/deploy/hub-template.ts';
import { CODE, fakeAws, FILES, runDeploy as run, runRemove } from '../support/deployments.ts';

describe('the policy that is deployed', () => {
  const aws = () => fakeAws([undefined]);

  it('must have no fault, and its tests must pass: otherwise AWS is not asked', async () => {
    const api = aws();
    const broken = await run(api, {}, { ...FILES, 'policy.yaml': 'version: 2\n' });
    expect(broken.exitCode).toBe(2);
    const tests = FILES['policy.test.yaml']?.replace('decision: reject', 'decision: accept') ?? '';
    const failing = await run(api, {}, { ...FILES, 'policy.test.yaml': tests });
    expect([failing.exitCode, failing.stderr]).toEqual([1, expect.stringContaining('nothing is deployed')]);
    expect(api.requests).toEqual([]);
  });

  it('may be any: without never-outside, without tests', async () => {
    const [policy = ''] = (FILES['policy.yaml'] ?? '').split('# A deny always wins');
    const files = { 'policy.yaml': policy };
    const { exitCode, stderr } = await run(aws(), { plan: true }, files);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('has no tests')]);
  });

  it('is put together from the files that it includes', async () => {
    const files = {
      'p/policy.yaml': 'version: 1\nregions: [eu-west-1]\ninclude: [more.yaml]\n',
      'p/more.yaml': 'deny:\n  - { name: never, between: [any, { accounts: ["000000000007"] }] }\n',
    };
    const quiet = { write: () => undefined };
    const readFile = (path: string) => {
      const text = Object.entries(files).find(([file]) => file === path)?.[1];
      return text === undefined ? Promise.reject(errorWithCode('ENOENT')) : Promise.resolve(strToU8(text));
    };
    const io = { stdout: quiet, stderr: quiet, color: false, ...HERE, readFile };
    const checked = await checkPolicy('p/policy.yaml', io);
    expect(checked.kind === 'good' && policyOf(checked.text).model.deny).toMatchObject([{ name: 'never' }]);
  });

  it('goes into the functions that read one, and into no other', () => {
    const { uploads } = stagedHub(CODE, 'dev', 'mine');
    const policies = uploads
      .map(({ body }) => unzipSync(body)['policy.yaml'])
      .map((it) => strFromU8(it ?? strToU8('')));
    expect(policies).toEqual(['mine', 'the project’s']);
  });

  it('changes the name of their zips, and of no other', () => {
    const keys = (policy: string) => stagedHub(CODE, 'dev', policy).uploads.map(({ key }) => key);
    const [one, other, again] = [keys('one'), keys('other'), keys('one')];
    expect(again).toEqual(one);
    expect(other[0]).not.toBe(one[0]);
    expect(other[1]).toBe(one[1]);
  });
});

describe('the settings of the hub', () => {
  const withParameters = {
    ...CODE,
    template: JSON.stringify({
      ...Object(JSON.parse(CODE.template)),
      Parameters: {
        LogRetentionDays: { Type: 'Number', Default: 90 },
        Tracing: { Type: 'String', Default: 'off' },
      },
    }),
  };
  const staged = (settings?: { logRetentionDays?: number; tracing?: boolean }) =>
    stagedHub(withParameters, 'dev', 'mine', settings);

  it('are parameters of the template, and their change is shown', () => {
    const changed = staged({ logRetentionDays: 30, tracing: true });
    expect(changed.parameters).toEqual([
      { ParameterKey: 'LogRetentionDays', ParameterValue: '30' },
      { ParameterKey: 'Tracing', ParameterValue: 'on' },
    ]);
    const { isSame, lines } = differenceOf(staged().template, changed.template);
    expect([isSame, lines]).toEqual([
      false,
      ['  ~  the setting LogRetentionDays: 90 → 30', '  ~  the setting Tracing: off → on'],
    ]);
    expect(
      differenceOf(changed.template, staged({ logRetentionDays: 30, tracing: true }).template).isSame,
    ).toBe(true);
  });

  it('are left out of a template that has none', () => {
    expect(stagedHub(CODE, 'dev', 'mine', { tracing: true }).parameters).toEqual([]);
  });

  it('a span of days that CloudWatch Logs does not know is a fault', async () => {
    const files = { ...FILES, 'autopeer.yaml': 'version: 1\nlogRetentionDays: 31\n' };
    const { exitCode, stderr } = await run(fakeAws([undefined]), { plan: true }, files);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('logRetentionDays: must be one of 1, 3')]);
  });
});

describe('autopeer deploy', () => {
  it('makes the bucket first, then everything, by a change set', async () => {
    const aws = fakeAws([undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE']);
    const { exitCode, stdout } = await run(aws);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('the hub autopeer-dev is in eu-west-1')]);
    expect(aws.actions()).toEqual([
      'PutParameter',
      'CreateStack',
      'PutObject',
      'PutObject',
      'PutObject',
      'CreateChangeSet',
      'ExecuteChangeSet',
    ]);
    const created = aws.requested('CreateChangeSet');
    expect(created?.get('ImportExistingResources')).toBe('true');
    expect(created?.get('StackName')).toBe('autopeer-dev');
  });

  it('a plan writes nothing: of a first deployment, and of a later one', async () => {
    const first = fakeAws([undefined]);
    expect((await run(first, { plan: true, members: 'auto' })).exitCode).toBe(0);
    expect(first.actions()).toEqual([]);
    const later = fakeAws(['UPDATE_COMPLETE'], { template: changedHub() });
    const { stderr } = await run(later, { plan: true, members: 'auto' });
    expect(stderr).toContain('  ~  ReconcileLambdaFunction (AWS::Lambda::Function)\n');
    expect(stderr).toContain('  +  the parameter /autopeer-dev/organization-id: o-a1b2c3d4e5\n');
    expect(later.actions()).toEqual([]);
  });

  it('a later one that would change nothing asks nothing and writes nothing', async () => {
    const { template } = stagedHub(CODE, 'dev', FILES['policy.yaml'] ?? '');
    const aws = fakeAws(['UPDATE_COMPLETE'], { template, organization: 'o-a1b2c3d4e5' });
    const { exitCode, stderr } = await run(aws, { yes: false }, FILES, () => {
      throw new Error('nobody is asked');
    });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('nothing changes')]);
    expect(aws.actions()).toEqual([]);
  });

  it('asks again before something is made anew', async () => {
    const change =
      '<ResourceChange><Action>Modify</Action><LogicalResourceId>HubBus</LogicalResourceId>' +
      '<Replacement>True</Replacement></ResourceChange>';
    const aws = fakeAws(['UPDATE_COMPLETE'], { template: changedHub(), change });
    const { stderr } = await run(aws, { yes: false }, FILES, (question) =>
      question.includes('replace') ? 'no' : 'yes',
    );
    expect(stderr).toContain('HubBus is deleted and made anew');
    expect(aws.actions()).not.toContain('ExecuteChangeSet');
  });

  it.each(['ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS', 'CREATE_FAILED'])(
    'a first one that failed (%s) is deleted, and the next one works',
    async (status) => {
      const aws = fakeAws([status, undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE']);
      expect((await run(aws)).exitCode).toBe(0);
      expect(aws.actions()[0]).toBe('DeleteStack');
    },
  );

  it('a first one that failed stays where nobody agrees: it may be somebody else’s stack', async () => {
    const aws = fakeAws(['REVIEW_IN_PROGRESS']);
    const { exitCode, stderr } = await run(aws, { yes: false }, FILES, 'no');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('was never made (REVIEW_IN_PROGRESS)')]);
    expect(aws.actions()).toEqual([]);
  });

  it('says why it failed', async () => {
    const aws = fakeAws(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);
    const { exitCode, stderr } = await run(aws);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'autopeer: the stack autopeer-dev is UPDATE_ROLLBACK_COMPLETE\nautopeer: Ledger: no permission\n',
    );
  });

  it.each([
    ['UPDATE_IN_PROGRESS', 'wait until it is done'],
    ['UPDATE_ROLLBACK_FAILED', 'mend it'],
  ])('a stack that is %s is left alone', async (status, words) => {
    const aws = fakeAws([status]);
    const { exitCode, stderr } = await run(aws);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(aws.actions()).toEqual([]);
  });

  it('asks before it writes anything, the organization and the code among it, and takes no for an answer', async () => {
    const aws = fakeAws(['UPDATE_COMPLETE'], { template: changedHub() });
    const { exitCode, stderr } = await run(aws, { yes: false }, FILES, 'no');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('nothing was changed')]);
    expect(aws.actions()).toEqual([]);
  });

  it('asks for what no setting gives, and says where to write it down', async () => {
    const others = { '-members': [undefined, 'CREATE_COMPLETE'] };
    const aws = fakeAws([undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE'], { others });
    const files = { 'policy.yaml': FILES['policy.yaml'] ?? '' };
    const answers = (question: string): string => {
      if (question.includes("hub's region")) return 'eu-central-1';
      if (question.includes("organization's id")) return 'o-b1b2c3d4e5';
      return question.includes('OUs') ? 'ou-ab12-apps0001 ou-ab12-apps0002' : 'yes';
    };
    const { exitCode, stdout, stderr } = await run(aws, { yes: false, members: 'auto' }, files, answers);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('is in eu-central-1')]);
    expect(stderr).toContain('  units: [ou-ab12-apps0001, ou-ab12-apps0002]\n');
    expect(stderr).toContain('  organization: o-b1b2c3d4e5\n');
  });

  it('where nobody can be asked it says how to go on', async () => {
    const { exitCode, stderr } = await run(fakeAws([undefined]), { yes: false });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--yes')]);
  });

  it.each([
    ['no YAML', 'version: [1\n'],
    ['a key that it does not know', 'version: 1\nstages: prod\n'],
    ['a stage of another form', 'version: 1\nstage: PROD\n'],
  ])('settings with %s are refused', async (_what, text) => {
    const { exitCode, stderr } = await run(fakeAws([undefined]), {}, { ...FILES, 'autopeer.yaml': text });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^autopeer: autopeer\.yaml: /)]);
  });
});

describe('autopeer remove', () => {
  const TWICE = [
    undefined,
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    undefined,
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
  ] as const;

  it('empties the bucket, deletes the hub, and a second deployment takes the ledger over', async () => {
    const aws = fakeAws(TWICE);
    expect((await run(aws)).exitCode).toBe(0);
    const { exitCode, stdout } = await runRemove(aws);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('the ledger autopeer-dev-ledger: the next deployment takes it over'),
    ]);
    expect(aws.hasLedger()).toBe(true);
    expect((await run(aws)).exitCode).toBe(0);
  });

  it('deletes the ledger only where it is told to', async () => {
    const aws = fakeAws(TWICE);
    await run(aws);
    await runRemove(aws, { withLedger: true });
    expect([aws.hasLedger(), aws.actions().slice(-2)]).toEqual([false, ['UpdateTable', 'DeleteTable']]);
  });

  it('leaves the members their roles, unless it is told to take them', async () => {
    const others = { '-members': ['CREATE_COMPLETE', undefined] };
    const keeping = fakeAws(['UPDATE_COMPLETE', undefined], { others });
    expect((await runRemove(keeping)).stdout).toContain('the accounts keep their roles');
    expect(keeping.requested('DeleteStack', '-members')).toBeUndefined();
    const taking = fakeAws(['UPDATE_COMPLETE', undefined], { others });
    await runRemove(taking, { withMembers: true });
    // First: while the hub is there, its people still see what becomes of the accounts.
    expect(taking.requested('DeleteStack')?.get('StackName')).toBe('autopeer-dev-members');
  });

  it('asks first, and takes no for an answer', async () => {
    const aws = fakeAws(['UPDATE_COMPLETE', undefined]);
    const { exitCode, stdout } = await runRemove(aws, { yes: false }, 'no');
    expect([exitCode, stdout, aws.actions()]).toEqual([0, 'nothing was deleted\n', []]);
    expect((await runRemove(aws, { yes: false })).exitCode).toBe(2);
  });

  it('says so where there is nothing, and ends what was half deleted', async () => {
    expect((await runRemove(fakeAws([undefined]))).stdout).toBe(
      'there is no hub autopeer-dev in eu-west-1\n',
    );
    const aws = fakeAws(['DELETE_FAILED', undefined]);
    expect((await run(aws)).stderr).toContain('autopeer remove');
    expect((await runRemove(aws)).exitCode).toBe(0);
  });
});

/** The hub's template as it was before. */
function changedHub(): string {
  return stagedHub(CODE, 'dev', 'another policy').template;
}
