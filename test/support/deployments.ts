import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import { strToU8, zipSync } from 'fflate';
import {
  deploy,
  deployAccount,
  type DeployMemberOptions,
  type DeployOptions,
} from '../../cli/deploy/deploy.ts';
import type { HubCode } from '../../cli/deploy/hub-template.ts';
import { filesFor } from '../../cli/init/files.ts';
import type { Io } from '../../cli/io.ts';
import { remove, type RemoveOptions } from '../../cli/remove/remove.ts';
import { errorWithCode, HERE } from './run-cli.ts';

/** A folder as `autopeer init` writes it. */
export const FILES = filesFor(
  { stage: 'dev', region: 'eu-west-1', organization: 'o-a1b2c3d4e5', units: ['ou-ab12-apps0001'] },
  '1.2.3',
);

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

/** A small hub. */
export const CODE: HubCode = {
  template: JSON.stringify({
    Resources: {
      ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
      Ledger: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      ReconcileLambdaFunction: aFunction('reconcile', { POLICY_FILE: 'policy.yaml' }),
      IntakeLambdaFunction: aFunction('intake', {}),
    },
    Outputs: { ServerlessDeploymentBucketName: { Value: { Ref: 'ServerlessDeploymentBucket' } } },
  }),
  zip: (name) =>
    zipSync({ [`handlers/${name}.cjs`]: strToU8(name), 'policy.yaml': strToU8('the project’s') }),
  memberTemplate: 'Resources: { MemberRole: { Type: AWS::IAM::Role } }\n',
};

/** What the simulated AWS was asked. */
export interface DeploymentRequest {
  readonly action: string;
  readonly form: URLSearchParams;
  readonly path: string;
  readonly body: string;
}

/** The states of a stack, one after the other; `undefined` where it is not there. */
export type States = readonly (string | undefined)[];

interface Given {
  /** By the end of the stacks' names: `-members`. */
  readonly others?: Readonly<Record<string, States>>;
  /** Of every stack, until another is given. */
  readonly template?: string;
  readonly organization?: string;
  /** The parts of ListStackInstances, as XML. */
  readonly instances?: string;
  readonly change?: string;
}

/** The hub's ledger, which CloudFormation retains, and takes over only where it is asked to. */
class Ledger {
  #isThere = false;
  #isOfStack = false;

  /** @returns the state of the stack that a change ends in */
  changed(next: string | undefined, form: URLSearchParams | undefined): string | undefined {
    const isImported = form?.get('ImportExistingResources') === 'true';
    // "ResourceInUseException: Table already exists"
    if (this.#isThere && !this.#isOfStack && !isImported) return 'UPDATE_ROLLBACK_COMPLETE';
    [this.#isThere, this.#isOfStack] = [true, true];
    return next;
  }

  stackDeleted(template: string): void {
    this.#isOfStack = false;
    this.#isThere &&= /"Ledger":\{[^}]*"DeletionPolicy":"Retain"/.test(template);
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  delete(): void {
    this.#isThere = false;
  }
}

/** AWS as far as a deployment asks it: each stack has the states that it is given, one after the other. */
export function fakeAws(states: States, given: Given = {}) {
  const requests: DeploymentRequest[] = [];
  const left = new Map<string, (string | undefined)[]>();
  const templates = new Map<string, string>();
  let organization = given.organization;
  let uploaded = '';
  let objects = 0;
  const ledger = new Ledger();
  const isHub = (name: string): boolean => !/-members?$/.test(name);
  const statesOf = (name: string): (string | undefined)[] => {
    const [, other] = Object.entries(given.others ?? {}).find(([end]) => name.endsWith(end)) ?? [];
    const found = left.get(name) ?? [...(other ?? (/-members?$/.test(name) ? [undefined] : states))];
    left.set(name, found);
    return found;
  };
  const answerTo = ({ action, form, body }: DeploymentRequest): readonly [number, string] => {
    const name = form.get('StackName') ?? '';
    switch (action) {
      case 'DescribeStacks': {
        const [state] = statesOf(name);
        return state === undefined
          ? [400, fault('ValidationError', `Stack with id ${name} does not exist`)]
          : [200, result(action, `<Stacks><member>${stackXml(name, state)}</member></Stacks>`)];
      }
      case 'DescribeStackEvents':
        return [200, result(action, `<StackEvents><member>${EVENT}</member></StackEvents>`)];
      case 'GetTemplate':
        return [
          200,
          result(
            action,
            `<TemplateBody>${xml(templates.get(name) ?? given.template ?? '{}')}</TemplateBody>`,
          ),
        ];
      case 'DescribeChangeSet':
        return [
          200,
          result(
            action,
            `<Status>CREATE_COMPLETE</Status><Changes><member>${given.change ?? CHANGE}</member></Changes>`,
          ),
        ];
      case 'ListStackInstances':
        return [200, result(action, `<Summaries>${given.instances ?? ''}</Summaries>`)];
      case 'PutObject':
        if (body.startsWith('{')) uploaded = body;
        objects += 1;
        return [200, ''];
      case 'ListObjectVersions':
        return [
          200,
          `<ListVersionsResult>${objects > 0 ? '<Version><Key>code</Key><VersionId>1</VersionId></Version>' : ''}</ListVersionsResult>`,
        ];
      case 'DeleteObjects':
        objects = 0;
        return [200, '<DeleteResult></DeleteResult>'];
      case 'CreateStack':
      case 'CreateChangeSet':
        templates.set(name, form.get('TemplateBody') ?? uploaded);
        if (action === 'CreateStack') statesOf(name).shift();
        return [200, result(action, '')];
      case 'DeleteStack':
        statesOf(name).shift();
        // CloudFormation deletes no bucket that holds something.
        if (isHub(name) && objects > 0) statesOf(name).unshift('DELETE_FAILED');
        else if (isHub(name)) ledger.stackDeleted(templates.get(name) ?? '');
        return [200, result(action, '')];
      case 'ExecuteChangeSet':
        statesOf(name).shift();
        if (isHub(name)) {
          const [next, ...rest] = statesOf(name);
          const asked = requests.findLast((it) => it.action === 'CreateChangeSet')?.form;
          left.set(name, [ledger.changed(next, asked), ...rest]);
        }
        return [200, result(action, '')];
      case 'GetCallerIdentity':
        return [200, result(action, '<Account>999999999999</Account>')];
      default:
        return [200, result(action, '')];
    }
  };
  const json = (action: string, body: string): readonly [number, string] => {
    if (action === 'ListRoots') return [200, '{"Roots":[{"Id":"r-ab12"}]}'];
    if (action.endsWith('Table')) {
      if (action === 'DeleteTable') ledger.delete();
      return [200, '{"Table":{"TableStatus":"ACTIVE"}}'];
    }
    if (action === 'PutParameter') organization = /"Value":"([^"]+)"/.exec(body)?.[1];
    if (action !== 'GetParameter') return [200, '{"Version":1}'];
    return organization === undefined
      ? [400, '{"__type":"ParameterNotFound"}']
      : [200, JSON.stringify({ Parameter: { Value: organization } })];
  };
  return {
    requests,
    hasLedger: () => ledger.isThere,
    actions: () =>
      requests.map(({ action }) => action).filter((action) => !/^(Describe|Get|List)/.test(action)),
    requested: (action: string, end = '') =>
      requests.find((it) => it.action === action && (it.form.get('StackName') ?? '').endsWith(end))?.form,
    handle: ({ method, path, headers, body, query }: HttpRequest) => {
      const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body);
      const form = new URLSearchParams(text);
      const target = headers['x-amz-target']?.split('.')[1];
      const bucketAction = 'versions' in query ? 'ListObjectVersions' : 'DeleteObjects';
      const action = form.get('Action') ?? target ?? (method === 'PUT' ? 'PutObject' : bucketAction);
      const request = { action, form, path, body: text };
      requests.push(request);
      const [statusCode, answer] = target === undefined ? answerTo(request) : json(target, text);
      return Promise.resolve({
        response: new HttpResponse({ statusCode, headers: {}, body: new Response(answer).body }),
      });
    },
  };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const fault = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const result = (action: string, inner: string): string =>
  `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
const outputXml = (key: string, value: string): string =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;
const stackXml = (name: string, status: string): string =>
  `<StackName>${name}</StackName><StackStatus>${status}</StackStatus><Outputs>` +
  (name.endsWith('-members')
    ? outputXml('HomeRegion', 'eu-west-1')
    : outputXml('ServerlessDeploymentBucketName', 'bucket') +
      outputXml('HubBusArn', 'arn:aws:events:eu-west-1:999988887777:event-bus/autopeer-dev')) +
  '</Outputs>';
const EVENT =
  '<EventId>1</EventId><ResourceStatus>CREATE_FAILED</ResourceStatus><LogicalResourceId>Ledger</LogicalResourceId>' +
  '<ResourceStatusReason>no permission</ResourceStatusReason><ResourceType>AWS::DynamoDB::Table</ResourceType>';
const CHANGE =
  '<ResourceChange><Action>Modify</Action><LogicalResourceId>ReconcileLambdaFunction</LogicalResourceId>' +
  '<ResourceType>AWS::Lambda::Function</ResourceType><Replacement>False</Replacement></ResourceChange>';

type Files = Readonly<Record<string, string>>;
type Aws = ReturnType<typeof fakeAws>;
/** What people answer: to every question the same, or to each its own. */
export type Answer = string | ((question: string) => string);

const platformOf = (aws: Aws, answer: Answer | undefined) => ({
  transport: { requestHandler: aws, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  ask:
    answer === undefined
      ? undefined
      : (question: string) => Promise.resolve(typeof answer === 'string' ? answer : answer(question)),
});

/** An `Io` that keeps what is printed. */
function printing(files: Files) {
  const printed = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
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
  return { io, printed };
}

/** `autopeer deploy --yes --members manual`, unless it is told otherwise. */
export async function runDeploy(
  aws: Aws,
  options: Partial<DeployOptions> = {},
  files: Files = FILES,
  answer?: Answer,
) {
  const { io, printed } = printing(files);
  const given: DeployOptions = {
    config: 'autopeer.yaml',
    plan: false,
    yes: true,
    members: 'manual',
    ...options,
  };
  const exitCode = await deploy(given, io, platformOf(aws, answer));
  return { exitCode, ...printed };
}

/** `autopeer deploy member --yes`. */
export async function runDeployMember(
  aws: Aws,
  options: Partial<DeployMemberOptions> = {},
  files: Files = FILES,
) {
  const { io, printed } = printing(files);
  const given = { config: 'autopeer.yaml', yes: true, ...options };
  const exitCode = await deployAccount(given, io, platformOf(aws, undefined));
  return { exitCode, ...printed };
}

/** `autopeer remove --yes`. */
export async function runRemove(aws: Aws, options: Partial<RemoveOptions> = {}, answer?: Answer) {
  const { io, printed } = printing(FILES);
  const given = { config: 'autopeer.yaml', yes: true, withMembers: false, withLedger: false, ...options };
  const exitCode = await remove(given, io, platformOf(aws, answer));
  return { exitCode, ...printed };
}
