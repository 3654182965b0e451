import { type Command, InvalidArgumentError } from 'commander';
import type { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { Verb } from '../shared/domain/work/command.ts';
import { AwsFailure } from '../shared/domain/work/failure.ts';
import type { AwsTransport } from '../shared/platform.ts';
import type { ExitCode, Io } from './io.ts';
import { realPost, realTransport, type Post } from './proxy.ts';
import { printable } from './policy/files.ts';

/** What `npm run deploy` calls the hub, and its region, unless it was given others. */
const HUB_NAME = 'autopeer-prod';
const HUB_REGION = 'eu-west-1';
/** The function itself ends after 30 seconds. */
const TIMEOUT_MS = 40_000;
const MAX_ATTEMPTS = 5;

export interface HubOptions {
  readonly url?: string;
  readonly name: string;
  readonly hubRegion: string;
  readonly json: boolean;
}

/** What a command takes from outside: a test gives it a simulated AWS. */
export interface HubPlatform {
  readonly transport: AwsTransport & { readonly endpoint?: string };
  readonly fetch: Post;
}

/** The proxy is looked for when a command runs, so that a wrong one does not stop those that ask no AWS. */
export const REAL_HUB: HubPlatform = {
  get transport() {
    return realTransport();
  },
  fetch: realPost,
};

/** The options of every command that the hub's function `commands` does. */
export const withHubOptions = (command: Command): Command =>
  withHubPlace(command).option('--json', 'print one JSON object', false);

/** Which hub is meant. */
export const withHubPlace = (command: Command): Command =>
  command
    .option('--url <url>', 'where the hub’s function commands is; looked up if left out', parseUrl)
    .option('--name <name>', 'what the hub is called: its parameter /<name>/commands-url is read', HUB_NAME)
    .option('--hub-region <region>', "the hub's region", HUB_REGION);

export const HUB_HELP = `
The hub's function "commands" does it, and records who asked for it, as AWS names you. It takes the credentials that the
AWS SDK finds (environment, profile, SSO). They must be allowed lambda:InvokeFunctionUrl and lambda:InvokeFunction on the
function, and ssm:GetParameter on /autopeer-prod/commands-url unless --url says where it is; docs/operations.md has the
policy to copy.

Exit code: 0 if it is done, 2 if it is not; stderr says why.`;

/** Plain HTTP is for the sandbox on this machine: a signature that others can read can be used by them for minutes. */
function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost' || url?.hostname === '[::1]';
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url.href;
  throw new InvalidArgumentError('Write the address of the function, which begins with https://.');
}

interface Request<Result> {
  readonly verb: Verb;
  readonly input: object;
  /** The form of what is answered. */
  readonly result: z.ZodType<Result>;
}

interface ShownRequest<Result> extends Request<Result> {
  /** What people see of it. */
  readonly text: (result: Result) => string;
  /** Why it was not done, though the hub answered; for people. */
  readonly whyNot?: (result: Result) => string | undefined;
}

/** The hub's answer, or in words why there is none. */
export type HubAnswer<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** `status` is HTTP's, where the hub answered: 404 to a verb that its release does not have. */
  | { readonly kind: 'not-done'; readonly why: string; readonly status: number | undefined };

/** Sends a command, and prints what the hub answers. */
export async function sendCommand<Result>(
  { text, whyNot: refusal, ...request }: ShownRequest<Result>,
  options: HubOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> {
  const done = await askHub(request, options, io, platform);
  if (done === undefined) return 2;
  const why = refusal?.(done);
  if (options.json) io.stdout.write(`${JSON.stringify(done)}\n`);
  else if (why === undefined) io.stdout.write(text(done));
  if (why === undefined) return 0;
  io.stderr.write(`autopeer: ${printable(why)}\n`);
  return 2;
}

/** Sends a command. @returns nothing once people have been told why it could not be done */
export async function askHub<Result>(
  request: Request<Result>,
  options: HubOptions,
  io: Io,
  platform: HubPlatform,
): Promise<Result | undefined> {
  const answer = await requestHub(request, options, platform);
  if (answer.kind === 'done') return answer.result;
  io.stderr.write(`autopeer: ${answer.why.split('\n').map(printable).join('\n  ')}\n`);
  return undefined;
}

/** Sends a command, and tells nobody. */
export async function requestHub<Result>(
  { verb, input, result }: Request<Result>,
  options: Omit<HubOptions, 'json'>,
  platform: HubPlatform,
): Promise<HubAnswer<Result>> {
  // Only here, so that the other commands do not load the SDK.
  const [{ SSMClient }, { TimedHttp }] = await Promise.all([
    import('@aws-sdk/client-ssm'),
    import('../shared/aws/http.ts'),
  ]);
  const ssm = new SSMClient({
    ...platform.transport,
    requestHandler: new TimedHttp(platform.transport.requestHandler),
    region: options.hubRegion,
    maxAttempts: MAX_ATTEMPTS,
  });
  try {
    const url = new URL(options.url ?? (await lookUp(ssm, options)));
    const answer = await post(ssm, url, JSON.stringify({ verb, input }), { ...options, ...platform });
    const parsed = z.object({ result }).safeParse(parsedJson(answer));
    if (!parsed.success) throw new NotDone(`${url.href} does not answer as the hub's function does`);
    return { kind: 'done', result: parsed.data.result };
  } catch (error) {
    const why = explain(error, options);
    if (why === undefined) throw error;
    return { kind: 'not-done', why, status: error instanceof NotDone ? error.status : undefined };
  } finally {
    ssm.destroy();
  }
}

/** The hub, or AWS before it, did not do what was asked. */
class NotDone extends Error {
  override readonly name = 'NotDone';
  /** HTTP's, where there was an answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    { cause, status }: { readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(message, { cause });
    this.status = status;
  }
}

async function lookUp(
  ssm: SSMClient,
  { name, hubRegion }: Pick<HubOptions, 'name' | 'hubRegion'>,
): Promise<string> {
  const [{ GetParameterCommand }, { call }] = await Promise.all([
    import('@aws-sdk/client-ssm'),
    import('../shared/aws/calls.ts'),
  ]);
  const parameter = `/${name}/commands-url`;
  const { Parameter } = await call('GetParameter', `${parameter}, ${hubRegion}`, () =>
    ssm.send(new GetParameterCommand({ Name: parameter })),
  );
  return Parameter?.Value ?? '';
}

async function post(
  ssm: SSMClient,
  url: URL,
  body: string,
  { hubRegion, fetch: send }: { readonly hubRegion: string } & HubPlatform,
): Promise<string> {
  const signed = await sign(ssm, url, body, hubRegion);
  let response: Awaited<ReturnType<Post>>;
  try {
    response = await send(url, {
      ...signed,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (cause) {
    throw new NotDone(`${url.href} cannot be reached, or does not answer`, { cause });
  }
  const text = await response.text();
  if (response.ok) return text;
  throw new NotDone(await whyNot(response.status, text), { status: response.status });
}

/** With the SDK's signer and the credentials that it finds, for the service and region of the function. */
async function sign(
  { config: { credentials, sha256 } }: SSMClient,
  url: URL,
  body: string,
  hubRegion: string,
): Promise<{ readonly method: string; readonly headers: Record<string, string> }> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const [, urlRegion] = /\.lambda-url\.([\w-]+)\.on\.aws$/.exec(url.hostname) ?? [];
  const region = urlRegion ?? hubRegion;
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256 });
  const { method, headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: {},
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  });
  return { method, headers };
}

const refusalSchema = z.object({ message: z.string() });

async function whyNot(status: number, text: string): Promise<string> {
  const ours = refusalSchema.safeParse(parsedJson(text)).data?.message;
  if (ours !== undefined) return ours;
  if (status === 403) {
    return (
      'AWS refuses the call: you need lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function commands, ' +
      'with credentials of the hub’s account'
    );
  }
  return `the hub could not do it (HTTP ${status}); the log of its function commands says why`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explain(error: unknown, { hubRegion }: Pick<HubOptions, 'hubRegion'>): string | undefined {
  if (error instanceof NotDone) return error.message;
  if (error instanceof AwsFailure) {
    return `${error.message}; is the hub in ${hubRegion}? See --hub-region and --name, or say where it is with --url`;
  }
  return error instanceof Error && error.name === 'CredentialsProviderError'
    ? 'the AWS SDK finds no credentials: sign in first'
    : undefined;
}
