import { request, type IncomingHttpHeaders } from 'node:http';
import { Feed } from '../../sandbox/feed.ts';
import { KEY_HEADER } from '../../console/guard.ts';
import { serveConsole } from '../../console/server.ts';
import type { ConsoleSource, Question } from '../../console/source.ts';

const HTML = '<p>page</p>';
const PAGE = () => Promise.resolve({ html: HTML, script: 'let script', style: 'p{}' });
const FINGERPRINT = `sha256:${'a'.repeat(64)}`;

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not with fetch, which lets nobody choose `Host`. */
function send(port: number, path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A console on a free port, and what it was asked; signed in as its own page is. */
async function aConsole({ isSandbox = false } = {}) {
  const asked: Question[] = [];
  const faults: unknown[] = [];
  const source: ConsoleSource = {
    place: { kind: 'organization', title: 'test', policy: 'policy.yaml' },
    ask: (question) => {
      asked.push(question);
      if (question.kind === 'health') return Promise.reject(new Error('a fault'));
      return Promise.resolve({ kind: 'told', json: '{"waiting":[]}', notes: [] });
    },
    ...(isSandbox && {
      sandbox: {
        feed: new Feed(),
        state: () => ({}),
        act: () => Promise.resolve({ kind: 'told', json: '{}', notes: [] }),
      },
    }),
  };
  const server = await serveConsole({ port: 0, page: PAGE, source, onFault: (error) => faults.push(error) });
  running.push(() => server.close());
  const { port: portText, search } = new URL(server.url);
  const port = Number(portText);
  const entered = await send(port, `/${search}`);
  const cookie = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const key = /#key=(.+)$/.exec(entered.headers.location ?? '')?.[1] ?? '';
  const own = {
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    'sec-fetch-site': 'same-origin',
    cookie,
    [KEY_HEADER]: key,
  };
  return { port, search, url: server.url, entered, own, asked, faults };
}

const without = (headers: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));

it('lets in whoever has the printed address, and takes the token out of it', async () => {
  const { port, url, entered, own } = await aConsole();

  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  expect(entered.status).toBe(303);
  expect(entered.headers.location).toMatch(/^\/#key=[\w-]{43}$/);
  expect(entered.headers['set-cookie']).toEqual([
    expect.stringMatching(/^autopeer-console-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/),
  ]);
  expect((await send(port, '/', { headers: { cookie: own.cookie } })).text).toBe(HTML);
  expect((await send(port, '/api/pending', { headers: own })).status).toBe(200);
});

it('keeps out another user of the machine, whatever he asks for', async () => {
  const { port, own, search, asked } = await aConsole();
  const wrong = search.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const guessed = `autopeer-console-${port}=guess`;

  for (const path of [
    '/',
    '/console.js',
    '/console.css',
    '/api/pending',
    '/api/feed',
    '/nothing',
    '/?token=',
    `/${wrong}`,
  ]) {
    expect([path, (await send(port, path)).status]).toEqual([path, 401]);
    expect([path, (await send(port, path, { headers: { cookie: guessed } })).status]).toEqual([path, 401]);
  }
  // A server of his on another port of 127.0.0.1 may be sent the cookie: without the key it is worth nothing.
  for (const headers of [{ cookie: own.cookie }, { ...own, [KEY_HEADER]: 'guess' }, without(own, 'cookie')])
    expect((await send(port, '/api/pending', { headers })).status).toBe(401);
  expect(asked).toEqual([]);
});

it('makes new secrets for each start', async () => {
  const [one, other] = [await aConsole(), await aConsole()];

  expect(one.search).not.toBe(other.search);
  const { status } = await send(other.port, '/api/pending', {
    headers: { ...one.own, host: other.own.host, origin: other.own.origin },
  });
  expect(status).toBe(401);
});

it.each([
  ['a name without the port', { host: '127.0.0.1', origin: 'http://127.0.0.1' }],
  [
    'a name that another site made lead here',
    (port: number) => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` }),
  ],
  ['another port in its name', { host: '127.0.0.1:1', origin: 'http://127.0.0.1:1' }],
  ['the page of another site', { origin: 'https://evil.example' }],
  ['a page without an origin', { origin: 'null' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['a link of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page of another port, by its site', { 'sec-fetch-site': 'same-site' }],
])('refuses %s, even with all secrets', async (_who, change) => {
  const { port, own, search, asked } = await aConsole();
  const headers = { ...own, ...(typeof change === 'function' ? change(port) : change) };

  expect((await send(port, '/api/pending', { headers })).status).toBe(403);
  expect((await send(port, `/${search}`, { headers })).status).toBe(403);
  expect((await send(port, '/api/approve', { method: 'POST', headers, body: '{}' })).status).toBe(403);
  expect(asked).toEqual([]);
});

it('writes only for its own page, and only what is well formed', async () => {
  const { port, own, asked } = await aConsole();
  const body = JSON.stringify({ peering: 'pcx-1', fingerprint: FINGERPRINT });
  const post = async (headers: Readonly<Record<string, string>>, text = body) =>
    (await send(port, '/api/approve', { method: 'POST', headers, body: text })).status;

  expect(await post(without(own, 'origin'))).toBe(403);
  expect(await post({ ...own, 'sec-fetch-site': 'none' })).toBe(403);
  expect(await post(without(own, KEY_HEADER))).toBe(401);
  expect(await post(own, 'no json')).toBe(400);
  expect(await post(own, JSON.stringify({ peering: 'pcx-1', fingerprint: 'sha256:abc' }))).toBe(400);
  expect(await post(own, JSON.stringify({ peering: 'pcx-1', fingerprint: FINGERPRINT, more: 1 }))).toBe(400);
  expect(await post(own, 'x'.repeat(3 * 1024 * 1024))).toBe(400);
  expect((await send(port, `/api/approve?peering=pcx-1`, { headers: own })).status).toBe(404);
  expect(asked).toEqual([]);
  expect(await post(own)).toBe(200);
  expect(asked).toEqual([
    { kind: 'approve', peering: 'pcx-1', fingerprint: FINGERPRINT, reason: undefined, as: undefined },
  ]);
});

it('has what only a sandbox has there alone', async () => {
  const [real, box] = [await aConsole(), await aConsole({ isSandbox: true })];
  const act = (port: number, headers: Readonly<Record<string, string>>) =>
    send(port, '/api/sandbox', { method: 'POST', headers, body: '{"kind":"clear-faults"}' });

  expect((await act(real.port, real.own)).status).toBe(404);
  expect((await send(real.port, '/api/feed', { headers: real.own })).status).toBe(404);
  expect((await act(box.port, box.own)).status).toBe(200);
});

it('sends every answer with a strict policy, and tells the page nothing of a fault', async () => {
  const { port, own, faults } = await aConsole();
  const broken = await send(port, '/api/health', { headers: own });
  const answers = [
    broken,
    await send(port, '/', { headers: own }),
    await send(port, '/console.js'),
    await send(port, '/no', { headers: own }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([500, 200, 401, 404]);
  expect(broken.text).not.toContain('a fault"');
  expect(faults).toHaveLength(1);
  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

it('tells why something cannot be read, and listens on loopback only', async () => {
  const refusing: ConsoleSource = {
    place: { kind: 'organization', title: 'test', policy: 'policy.yaml' },
    ask: () => Promise.resolve({ kind: 'not-told', why: 'sign in first' }),
  };
  const server = await serveConsole({ port: 0, page: PAGE, source: refusing, onFault: () => undefined });
  running.push(() => server.close());
  const { port, search } = new URL(server.url);
  const entered = await send(Number(port), `/${search}`);
  const headers = {
    cookie: entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
    [KEY_HEADER]: entered.headers.location?.slice('/#key='.length) ?? '',
  };

  const { status, text } = await send(Number(port), '/api/pending', { headers });
  expect([status, text]).toEqual([502, '{"message":"sign in first"}']);
  await expect(
    serveConsole({ port: Number(port), page: PAGE, source: refusing, onFault: () => undefined }),
  ).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
