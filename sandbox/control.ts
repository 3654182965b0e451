import type { ServerResponse } from 'node:http';
import { loadPolicy } from '../shared/domain/policy/language/load.ts';
import { streamFeed } from './event-stream.ts';
import { faultSchema } from './fault-settings.ts';
import type { Sandbox } from './sandbox.ts';
import { sendJson } from './send.ts';

export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Endpoint = (sandbox: Sandbox, request: ControlRequest, response: ServerResponse) => Promise<void> | void;

const reset: Endpoint = async (sandbox, _request, response) => {
  const { name } = await sandbox.reset();
  sendJson(response, 200, { status: 'ok', world: name });
};

const sendFaults = (sandbox: Sandbox, response: ServerResponse): void =>
  sendJson(response, 200, sandbox.running.faults.settings);

const changeFaults: Endpoint = (sandbox, { body }, response) => {
  const change = faultSchema.safeParse(parsedJson(body));
  if (!change.success) {
    const faults = change.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    sendJson(response, 400, { message: 'These are no faults that the sandbox knows.', faults });
    return;
  }
  sandbox.running.faults.change(change.data);
  sendFaults(sandbox, response);
};

const changePolicy: Endpoint = (sandbox, { body }, response) => {
  const loaded = loadPolicy(body);
  if (loaded.kind !== 'loaded') {
    sendJson(response, 400, { message: 'The policy has faults; the old one stays.', faults: loaded.faults });
    return;
  }
  const { regions } = loaded.policies.whole();
  sandbox.changePolicy(body, regions);
  sendJson(response, 200, { status: 'ok', regions });
};

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['GET /_autopeer/health', (sandbox, _request, response) => sendJson(response, 200, sandbox.health())],
  ['GET /_autopeer/events', (sandbox, { headers }, response) => streamFeed(sandbox.feed, headers, response)],
  ['POST /_autopeer/reset', reset],
  ['GET /_autopeer/faults', (sandbox, _request, response) => sendFaults(sandbox, response)],
  ['POST /_autopeer/faults', changeFaults],
  ['POST /_autopeer/policy', changePolicy],
  [
    'DELETE /_autopeer/faults',
    (sandbox, _request, response) => {
      sandbox.running.faults.clear();
      sendFaults(sandbox, response);
    },
  ],
  // Where test suites that know moto look for it.
  ['POST /moto-api/reset', reset],
]);

/** Answers what is about the sandbox itself; false for what is AWS's. */
export async function control(
  sandbox: Sandbox,
  request: ControlRequest,
  response: ServerResponse,
): Promise<boolean> {
  const { method, path } = request;
  const endpoint = ENDPOINTS.get(`${method} ${path}`);
  if (endpoint !== undefined) {
    await endpoint(sandbox, request, response);
    return true;
  }
  if (!path.startsWith('/_autopeer')) return false;
  const known = [...ENDPOINTS.keys()].map((name) => name.split(' ')[1]);
  const status = known.includes(path) ? 405 : 404;
  sendJson(response, status, { message: `There is no ${method} ${path}.`, endpoints: [...ENDPOINTS.keys()] });
  return true;
}
