import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import { strFromU8, unzipSync, zipSync, strToU8 } from 'fflate';
import { deploy } from '../../cli/deploy/deploy.ts';
import { stagedHub, type HubCode } from '../../cli/deploy/hub-template.ts';
import { filesFor } from '../../cli/init/files.ts';
import type { Io } from '../../cli/io.ts';
import { errorWithCode, HERE } from '../support/run-cli.ts';

const FILES = filesFor(
  { stage: 'dev', region: 'eu-west-1', organization: 'o-a1b2c3d4e5', units: [] },
  '1.2.3',
);
const OPTIONS = { config: 'autopeer.yaml', plan: false, yes: true };

const aFunction = (name: string, variables: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `autopeer-prod-${name}`,
    Code: {
      S3Bucket: { Ref: 'ServerlessDeploymentBucket' },
      S3Key: `serverless/autopeer/prod/1/${name}.zip`,
    },
    Environment: { Variables: variables },
  },
});
const CODE: HubCode = {
  template: JSON.stringify({
    Resources: {
      ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
      ReconcileLambdaFunction: aFunction('reconcile', { POLICY_FILE: 'policy.yaml' }),
      IntakeLambdaFunction: aFunction('intake', {}),
    },
    Outputs: { ServerlessDeploymentBucketName: { Value: { Ref: 'ServerlessDeploymentBucket' } } },
  }),
  zip: (name) =>
    zipSync({ [`handlers/${name}.cjs`]: strToU8(name), 'policy.yaml': strToU8('the project’s') }),
};

interface Request {
  readonly action: string;
  readonly form: URLSearchParams;
  readonly path: string;
}

/** AWS as far as a deployment asks it: stacks have the states that they are given, one after the other. */
function fakeAws(states: readonly (string | undefined)[]) {
  const requests: Request[] = [];
  const left = [...states];
  let state = left.shift();
  const answerTo = ({ action, form }: Request): readonly [number, string] => {
    const name = form.get('StackName') ?? '';
    switch (action) {
      case 'DescribeStacks':
        if (state === undefined)
          return [400, fault('ValidationError', `Stack with id ${name} does not exist`)];
        return [200, result(action, `<Stacks><member>${stackXml(name, state)}</member></Stacks>`)];
      case 'DescribeStackEvents':
        return [200, result(action, `<StackEvents><member>${EVENT}</member></StackEvents>`)];
      case 'DescribeChangeSet':
        return [
          200,
          result(action, `<Status>CREATE_COMPLETE</Status><Changes><member>${CHANGE}</member></Changes>`),
        ];
      case 'DeleteStack':
      case 'CreateStack':
      case 'ExecuteChangeSet':
        state = left.shift();
        return [200, result(action, '')];
      default:
        return [200, result(action, '')];
    }
  };
  return {
    requests,
    actions: () => requests.map(({ action }) => action).filter((action) => !action.startsWith('Describe')),
    handle: ({ method, path, headers, body }: HttpRequest) => {
      const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body);
      const form = new URLSearchParams(text);
      const target = headers['x-amz-target']?.split('.')[1];
      const action = form.get('Action') ?? target ?? (method === 'PUT' ? 'PutObject' : '');
      const request = { action, form, path };
      requests.push(request);
      const [statusCode, answer] = target === undefined ? answerTo(request) : ssmAnswer(target);
      return Promise.resolve({
        response: new HttpResponse({ statusCode, headers: {}, body: stream(answer) }),
      });
    },
  };
}

/** The organization's id is not there yet. */
const ssmAnswer = (action: string): readonly [number, string] =>
  action === 'GetParameter' ? [400, '{"__type":"ParameterNotFound"}'] : [200, '{"Version":1}'];
const stream = (text: string) => new Response(text).body;
const fault = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const result = (action: string, inner: string): string =>
  `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
const stackXml = (name: string, status: string): string =>
  `<StackName>${name}</StackName><StackStatus>${status}</StackStatus><Outputs><member>` +
  '<OutputKey>ServerlessDeploymentBucketName</OutputKey><OutputValue>bucket</OutputValue></member></Outputs>';
const EVENT =
  '<EventId>1</EventId><ResourceStatus>CREATE_FAILED</ResourceStatus><LogicalResourceId>Ledger</LogicalResourceId>' +
  '<ResourceStatusReason>no permission</ResourceStatusReason><ResourceType>AWS::DynamoDB::Table</ResourceType>';
const CHANGE =
  '<ResourceChange><Action>Modify</Action><LogicalResourceId>ReconcileLambdaFunction</LogicalResourceId>' +
  '<ResourceType>AWS::Lambda::Function</ResourceType><Replacement>False</Replacement></ResourceChange>';

async function run(
  aws: ReturnType<typeof fakeAws>,
  options: Partial<Parameters<typeof deploy>[0]> = {},
  files: Readonly<Record<string, string>> = FILES,
  answer?: string,
) {
  let [stdout, stderr] = ['', ''];
  const io: Io = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    installation: { ...HERE.installation, hubCode: () => Promise.resolve(CODE) },
    readFile: (path) => {
      const text = files[path];
      return text === undefined
        ? Promise.reject(errorWithCode('ENOENT'))
        : Promise.resolve(Buffer.from(text));
    },
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const exitCode = await deploy({ ...OPTIONS, ...options }, io, {
    transport: { requestHandler: aws, credentials },
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    ask: answer === undefined ? undefined : () => Promise.resolve(answer),
  });
  return { exitCode, stdout, stderr };
}

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

describe('autopeer deploy', () => {
  it('makes the bucket first, then everything, by a change set', async () => {
    const aws = fakeAws([undefined, 'CREATE_COMPLETE', 'UPDATE_COMPLETE']);
    const { exitCode, stdout } = await run(aws);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('the hub autopeer-dev is in eu-west-1')]);
    expect(aws.actions()).toEqual([
      'GetParameter',
      'PutParameter',
      'CreateStack',
      'PutObject',
      'PutObject',
      'PutObject',
      'CreateChangeSet',
      'ExecuteChangeSet',
    ]);
    const created = aws.requests.find(({ action }) => action === 'CreateChangeSet')?.form;
    expect(created?.get('ImportExistingResources')).toBe('true');
    expect(created?.get('StackName')).toBe('autopeer-dev');
  });

  it('a plan changes nothing: of a first deployment, and of a later one', async () => {
    const first = fakeAws([undefined]);
    expect((await run(first, { plan: true })).exitCode).toBe(0);
    expect(first.actions()).toEqual([]);
    const later = fakeAws(['UPDATE_COMPLETE']);
    const { stderr } = await run(later, { plan: true });
    expect(stderr).toContain('  ~  ReconcileLambdaFunction (AWS::Lambda::Function)\n');
    expect(later.actions().filter((action) => action !== 'PutObject')).toEqual([
      'CreateChangeSet',
      'DeleteChangeSet',
    ]);
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

  it('asks first, and takes no for an answer', async () => {
    const aws = fakeAws(['UPDATE_COMPLETE']);
    const { exitCode, stderr } = await run(aws, { yes: false }, FILES, 'no');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('nothing was changed')]);
    expect(aws.actions()).not.toContain('ExecuteChangeSet');
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
