import { Logger } from '@aws-lambda-powertools/logger';
import fc from 'fast-check';
import { guarded } from '../../cli/io.ts';
import { PowertoolsLog } from '../../shared/aws/telemetry.ts';
import { foreignText, UNSEEN } from '../support/foreign-text.ts';
import { SNAPSHOT } from '../support/organizations.ts';
import { runCli, HERE } from '../support/run-cli.ts';

const POLICY = `
version: 1
regions: [eu-west-1, us-east-1]
groups:
  prod: { ous: [ou-ab12-prod0001] }
  shared: { tags: { tier: shared } }
allow:
  - { name: to-shared, requester: prod, accepter: shared }
`;
const MORE = `${POLICY}  - { name: from-prod, requester: prod, accepter: any }\n`;
const FEW = { numRuns: 30 };
const OWN_COLORS = new RegExp(String.raw`\u001b\[\d{1,2}m`, 'g');

/** Whether a terminal would do anything but show letters, in our own colours, and end lines. */
const steers = (text: string): boolean =>
  UNSEEN.test(text.replaceAll(OWN_COLORS, '').replaceAll(/\r?\n|\t/g, ''));
const isJson = (text: string): boolean => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object';
};
const colors = (text: string): number => text.match(OWN_COLORS)?.length ?? 0;

/** The commands that show what members wrote, each with one text in every place that takes one. */
const COMMANDS: readonly (readonly [string, (text: string) => readonly string[]])[] = [
  ['who-can', () => ['policy', 'who-can', '--policy', 'more.yaml', '--org', 'o.json', '--from', 'any']],
  ['diff', () => ['policy', 'diff', 'p.yaml', 'more.yaml', '--org', 'o.json']],
  ['explain', () => ['policy', 'explain', '--policy', 'p.yaml', '--request', 'r.json', '--org', 'o.json']],
  ['test', () => ['policy', 'test', 'p.yaml', '--tests', 't.json', '--org', 'o.json']],
  ['check of a broken policy', () => ['policy', 'check', 'broken.json']],
  ['parse', (text) => ['parse', text, 'record.json']],
];

function filesWith(text: string): Parameters<typeof runCli>[1] {
  const accounts = SNAPSHOT.accounts.map((account) => ({ ...account, name: text }));
  const ous = SNAPSHOT.ous.map((ou) => ({ ...ou, name: text }));
  const vpcs = SNAPSHOT.vpcs.map((vpc) => ({ ...vpc, tags: { tier: text } }));
  const unread = [{ accountId: '100000000001', reason: text }];
  const [one, other] = SNAPSHOT.vpcs;
  const request = { requester: one?.id, accepter: other?.id };
  return {
    'p.yaml': POLICY,
    'more.yaml': MORE,
    'o.json': JSON.stringify({ ...SNAPSHOT, accounts, ous, vpcs, unread }),
    'r.json': JSON.stringify(request),
    't.json': JSON.stringify({
      version: 1,
      tests: [{ name: text.slice(0, 50) || 'x', ...request, expect: { decision: 'accept' } }],
    }),
    'broken.json': JSON.stringify({
      version: 1,
      regions: ['eu-west-1'],
      [text]: text,
      allow: [{ name: text }],
    }),
    'record.json': JSON.stringify({ eventName: text, eventSource: text, awsRegion: text, errorCode: text }),
  };
}

describe.each(COMMANDS)('what %s prints', (_, args) => {
  it('is letters in our own colours', async () => {
    const usual = await runCli(args('x'), filesWith('x'), true);
    expect(usual.stdout + usual.stderr).toMatch(/\bx\b/);
    await fc.assert(
      fc.asyncProperty(foreignText, async (text) => {
        const { stdout, stderr } = await runCli(args(text), filesWith(text), true);
        expect(steers(stdout + stderr)).toBe(false);
      }),
      FEW,
    );
  });

  it('takes no colour from a name or a tag', async () => {
    const of = async (text: string): Promise<number> => {
      const { stdout, stderr } = await runCli(args(text), filesWith(text), true);
      return colors(stdout + stderr);
    };
    expect(await of('\u001b[31mred\u001b[39m')).toBe(await of('red'));
  });

  it('is JSON that means what was written, and steers no terminal either', async () => {
    await fc.assert(
      fc.asyncProperty(foreignText, async (text) => {
        const { stdout, stderr, lines } = await runCli([...args(text), '--json'], filesWith(text), true);
        expect(steers(stdout + stderr)).toBe(false);
        for (const line of stdout === '' ? [] : lines) expect(isJson(line)).toBe(true);
      }),
      FEW,
    );
  });
});

it('what a command forgets to clean does not get past the outputs', () => {
  fc.assert(
    fc.property(foreignText, fc.boolean(), (text, color) => {
      let written = '';
      const output = { write: (part: string) => (written += part) };
      const readFile = () => Promise.reject(new Error('reads nothing'));
      guarded({ stdout: output, stderr: output, color, ...HERE, readFile }).stdout.write(text);
      expect(steers(written)).toBe(false);
      if (!color) expect(written).not.toContain('\u001b');
    }),
  );
});

it('a log line is one line of JSON, bounded, without anything unseen', () => {
  const lines: string[] = [];
  const spies = [jest.spyOn(process.stdout, 'write'), jest.spyOn(process.stderr, 'write')];
  for (const spy of spies) spy.mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    const log = new PowertoolsLog(new Logger({ serviceName: 'autopeer' }));
    fc.assert(
      fc.property(foreignText, foreignText, (reason, error) => {
        lines.length = 0;
        log.write({ code: 'reconcile.failed', peeringId: 'pcx-11111111', error, reason });
        const [line = '', ...others] = lines;
        expect(others).toEqual([]);
        expect(line.replace(/\n$/, '')).not.toMatch(UNSEEN);
        expect(JSON.parse(line)).toMatchObject({ message: 'reconcile.failed', peeringId: 'pcx-11111111' });
        expect(Buffer.byteLength(line)).toBeLessThan(10_000);
      }),
    );
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
