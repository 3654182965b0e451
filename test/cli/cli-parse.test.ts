import { gzipSync } from 'node:zlib';
import { FileTooLargeError } from '../../cli/io.ts';
import { MAX_FILE_BYTES } from '../../cli/parse.ts';
import { run } from '../../cli/program.ts';
import { PEERING, aRecord, aRecordedCall } from '../support/recorded-calls.ts';
import { HERE } from '../support/run-cli.ts';

type Files = Readonly<Record<string, unknown>>;

/** Runs the command on files in memory: bytes and errors as they are, everything else as JSON. */
async function autopeer(args: readonly string[], files: Files = {}) {
  let stdout = '';
  let stderr = '';
  const exitCode = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: (path, maxBytes) => {
      const content = files[path];
      if (content === undefined) return Promise.reject(withCode('ENOENT'));
      if (content instanceof Error) return Promise.reject(content);
      const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
      return bytes.byteLength > maxBytes
        ? Promise.reject(new FileTooLargeError(maxBytes))
        : Promise.resolve(bytes);
    },
  });
  return { exitCode, stdout, stderr, lines: stdout.trimEnd().split('\n') };
}

const withCode = (code: string): Error => Object.assign(new Error('quotes /a/path'), { code });
const parseJsonLines = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

const KEY = `key        ${PEERING} in 111122223333 eu-west-1`;
const envelope = aRecordedCall();
const record = aRecord();

describe('each way in which records come', () => {
  test.each([
    ['a bare record', record],
    ["a record in EventBridge's envelope", envelope],
    ['a list of bare records', [record]],
    ['a list of envelopes', [envelope]],
    ["a trail's log file", { Records: [record] }],
    ['a gzipped log file', gzipSync(JSON.stringify({ Records: [record] }))],
    ['a text with a byte order mark', Buffer.from(`\uFEFF${JSON.stringify(record)}`)],
  ])('%s', async (_what, content) => {
    const { exitCode, lines } = await autopeer(['parse', 'a.json'], { 'a.json': content });
    expect(lines).toEqual([
      `a.json    DeleteVpcPeeringConnection         ${KEY}`,
      '1 record in 1 file: 1 key, 0 ignored, 0 malformed',
    ]);
    expect(exitCode).toBe(0);
  });

  test.each([[[]], [{ Records: [] }]])('%j holds none, which is no fault', async (content) => {
    const { exitCode, stdout } = await autopeer(['parse', 'a.json'], { 'a.json': content });
    expect(stdout).toBe('0 records in 1 file: 0 keys, 0 ignored, 0 malformed\n');
    expect(exitCode).toBe(0);
  });
});

describe('what is printed', () => {
  const failed = aRecord({ eventName: 'CreateVpc', detail: { errorCode: 'Client.VpcLimitExceeded' } });
  const files = { 'log.json': { Records: [record, failed] }, 'one.json': aRecord({ requestParameters: {} }) };

  test('one aligned line a record, numbered where a file has several, and a sum', async () => {
    const { lines } = await autopeer(['parse', 'log.json', 'one.json'], files);
    expect(lines).toEqual([
      `log.json#1  DeleteVpcPeeringConnection         ${KEY}`,
      'log.json#2  CreateVpc                          ignored    failed-call: the call failed, so nothing changed',
      'one.json    DeleteVpcPeeringConnection         malformed  detail.requestParameters.vpcPeeringConnectionId: is missing',
      '3 records in 2 files: 1 key, 1 ignored, 1 malformed',
    ]);
  });

  test('--json: one object a line and no sum', async () => {
    const { stdout } = await autopeer(['parse', '--json', 'log.json', 'one.json'], files);
    expect(parseJsonLines(stdout)).toEqual([
      {
        file: 'log.json',
        record: 1,
        kind: 'key',
        key: { peeringId: PEERING, accountId: '111122223333', region: 'eu-west-1' },
        eventName: 'DeleteVpcPeeringConnection',
        eventId: record['eventID'],
        at: Date.UTC(2026, 10, 2, 8, 15, 3),
      },
      { file: 'log.json', record: 2, kind: 'ignored', reason: 'failed-call', eventName: 'CreateVpc' },
      {
        file: 'one.json',
        record: 1,
        kind: 'malformed',
        reason: 'detail.requestParameters.vpcPeeringConnectionId: is missing',
        eventName: 'DeleteVpcPeeringConnection',
      },
    ]);
  });

  test('control characters in a name of a file do not reach the terminal', async () => {
    const name = 'a\u001b[2J.json';
    const { stdout, stderr } = await autopeer(['parse', name, `${name}2`], { [name]: record });
    expect(stdout + stderr).not.toContain('\u001b');
  });
});

describe('exit codes', () => {
  const broken = aRecord({ requestParameters: {} });

  test('1 where a record is malformed', async () => {
    const { exitCode } = await autopeer(['parse', 'a', 'b'], { a: broken, b: record });
    expect(exitCode).toBe(1);
  });

  test('0 where records are ignored', async () => {
    const { exitCode } = await autopeer(['parse', 'a'], { a: aRecord({ eventName: 'CreateRoute' }) });
    expect(exitCode).toBe(0);
  });

  test('2 where a file cannot be read, and the others are parsed', async () => {
    const { exitCode, stderr, lines } = await autopeer(['parse', 'gone', 'a', 'b'], { a: broken, b: record });
    expect(stderr).toBe('autopeer: gone: no such file\n');
    expect(lines.at(-1)).toBe('2 records in 2 files: 1 key, 0 ignored, 1 malformed; 1 file not read');
    expect(exitCode).toBe(2);
  });

  test.each([{ name: 'x' }, 'text', 5, null, [record, 5], [[record]]])(
    'JSON without a record, such as %j, is malformed',
    async (content) => {
      const { exitCode, stdout } = await autopeer(['parse', 'a'], { a: content });
      expect(stdout).toContain("is neither a CloudTrail record nor in EventBridge's envelope");
      expect(exitCode).toBe(1);
    },
  );
});

describe('files that cannot be read say why', () => {
  test.each([
    ['no such file', withCode('ENOENT')],
    ['permission denied', withCode('EACCES')],
    ['is a directory', withCode('EISDIR')],
    ['cannot be read (EIO)', withCode('EIO')],
    ['is empty', Buffer.alloc(0)],
    ['is no JSON: not UTF-8 text', Buffer.from([0xff, 0xfe, 0x00])],
    ['is no JSON (line 2 column 1)', Buffer.from('{\n')],
    ['is damaged gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])],
    ['is gzip that ends too early', gzipSync(JSON.stringify(record)).subarray(0, 40)],
  ])('%s', async (why, content) => {
    const { exitCode, stderr } = await autopeer(['parse', '--json', 'a'], { a: content });
    expect(stderr).toBe(`autopeer: a: ${why}\n`);
    expect(exitCode).toBe(2);
  });

  test('a text that is no JSON is not quoted, for it may be a secret', async () => {
    const { stderr } = await autopeer(['parse', 'a'], { a: Buffer.from('password=hunter2') });
    expect(stderr).toBe('autopeer: a: is no JSON\n');
  });

  test('a file that is too large', async () => {
    const { exitCode, stderr } = await autopeer(['parse', 'a'], { a: new FileTooLargeError(MAX_FILE_BYTES) });
    expect(stderr).toBe('autopeer: a: is larger than 128 MiB\n');
    expect(exitCode).toBe(2);
  });

  test('a gzip bomb is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_FILE_BYTES + 1, ' '), { level: 1 });
    const { exitCode, stderr } = await autopeer(['parse', 'a'], { a: bomb });
    expect(stderr).toBe('autopeer: a: is larger than 128 MiB when unpacked\n');
    expect(exitCode).toBe(2);
  });

  test('an error that nobody foresaw is not taken for a bad file', async () => {
    await expect(autopeer(['parse', 'a'], { a: new TypeError('a bug') })).rejects.toThrow('a bug');
  });
});

describe('usage', () => {
  test('--help says what it is and lists the subcommands', async () => {
    const { exitCode, stdout } = await autopeer(['--help']);
    expect(stdout).toContain('parse');
    expect(exitCode).toBe(0);
  });

  test('parse --help says the limit and the exit codes', async () => {
    const { exitCode, stdout } = await autopeer(['parse', '--help']);
    expect(stdout).toContain('128 MiB');
    expect(stdout).toContain('Exit code');
    expect(exitCode).toBe(0);
  });

  test.each([[[]], [['parse']], [['prase', 'a']], [['parse', '--jsn', 'a']]])(
    '%j is bad usage',
    async (args) => {
      const { exitCode, stdout, stderr } = await autopeer(args);
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toBe('');
    },
  );
});
