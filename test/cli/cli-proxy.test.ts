import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { realPost, realTransport } from '../../cli/proxy.ts';
import { runCli } from '../support/run-cli.ts';

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** Whom the proxy was asked for. */
const asked: string[] = [];
const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

const isAddress = (address: string | AddressInfo | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;

/** An AWS on this machine, and a proxy in front of it, which leads to it whoever is asked for. */
async function aProxy(): Promise<{ readonly proxy: string; readonly awsPort: number }> {
  const awsPort = await listen(createServer((_request, response) => response.end(IDENTITY)));
  const proxy = createServer().on('connect', ({ url }, client) => {
    asked.push(url ?? '');
    const aws = connect(awsPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(aws).pipe(client);
    });
  });
  return { proxy: `http://127.0.0.1:${await listen(proxy)}`, awsPort };
}

/** Asks STS at an address who it is. */
async function whoAmI(endpoint: string): Promise<string | undefined> {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const sts = new STSClient({
    ...realTransport(),
    endpoint,
    credentials,
    region: 'eu-west-1',
    maxAttempts: 1,
  });
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
  return Account;
}

/** Sets a variable for one test. */
const setVariable = (name: string, value: string): void =>
  void Reflect.set(processEnvironment(), name, value);
const processEnvironment = (): object => Reflect.get(globalThis, 'process').env;

afterEach(() => {
  for (const name of VARIABLES) Reflect.deleteProperty(processEnvironment(), name);
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  asked.length = 0;
});

describe('a command behind a proxy', () => {
  it('without one has nothing in the place of the SDK’s HTTP', () => {
    expect(realTransport()).toEqual({});
  });

  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('asks AWS through %s', async (name) => {
    const { proxy } = await aProxy();
    setVariable(name, proxy);
    expect(await whoAmI('http://sts.example.test')).toBe('111122223333');
    expect(asked).toEqual(['sts.example.test:80']);
  });

  it('asks for the port of TLS for an address of AWS', async () => {
    const { proxy } = await aProxy();
    setVariable('HTTPS_PROXY', proxy);
    // What answers is no TLS.
    await expect(whoAmI('https://sts.eu-west-1.amazonaws.com')).rejects.toThrow(/ssl|wrong version/i);
    expect(asked).toEqual(['sts.eu-west-1.amazonaws.com:443']);
  });

  it.each([
    ['what NO_PROXY names', '.example.test'],
    ['everything, where NO_PROXY is a star', '*'],
  ])('passes the proxy for %s', async (_what, value) => {
    const { proxy } = await aProxy();
    setVariable('HTTP_PROXY', proxy);
    setVariable('NO_PROXY', value);
    await expect(whoAmI('http://sts.example.test')).rejects.toThrow(/sts\.example\.test|ENOTFOUND|EAI_AGAIN/);
    expect(asked).toEqual([]);
  });

  it('never asks it for this machine: a sandbox is there', async () => {
    const { proxy, awsPort } = await aProxy();
    setVariable('HTTP_PROXY', proxy);
    expect(await whoAmI(`http://127.0.0.1:${awsPort}`)).toBe('111122223333');
    expect(asked).toEqual([]);
  });

  it('says that the proxy wants a name and a password', async () => {
    const refusing = createServer().on('connect', (_request, client) => {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    setVariable('HTTP_PROXY', `http://127.0.0.1:${await listen(refusing)}`);
    await expect(whoAmI('http://sts.example.test')).rejects.toMatchObject({
      name: 'ProxyAuthenticationRequired',
    });
  });

  it('sends what the hub is told through it too', async () => {
    const { proxy } = await aProxy();
    setVariable('HTTP_PROXY', proxy);
    const response = await realPost(new URL('http://hub.example.test/'), {
      method: 'POST',
      headers: {},
      body: '{}',
      signal: AbortSignal.timeout(5000),
      redirect: 'error',
    });
    expect([response.ok, response.status, await response.text()]).toEqual([true, 200, IDENTITY]);
    expect(asked).toEqual(['hub.example.test:80']);
  });

  it.each(['proxy.example.com:3128', 'socks5://user:secret@proxy.example.com'])(
    'says which variable holds no address of a proxy (%s), and not what it holds',
    async (value) => {
      setVariable('https_proxy', value);
      const { exitCode, stderr } = await runCli(['status', '--hub-region', 'eu-west-1']);
      expect([exitCode, stderr]).toEqual([
        2,
        'autopeer: https_proxy is no address of an HTTP proxy: write one such as http://proxy.example.com:3128.\n',
      ]);
    },
  );

  it('and a command that asks no AWS does not care', async () => {
    setVariable('https_proxy', 'nonsense');
    expect(await runCli(['completion', 'bash'])).toMatchObject({ exitCode: 0 });
  });
});
