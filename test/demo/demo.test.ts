import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { demo } from '../../cli/demo.ts';
import { run } from '../../cli/program.ts';
import { HERE } from '../support/run-cli.ts';

const lineSchema = z.record(z.string(), z.unknown());
type Line = Readonly<z.output<typeof lineSchema>>;
const routeSchema = z.object({ destination: z.string(), target: z.string(), state: z.string() });
const sideSchema = z.object({ tables: z.array(z.object({ routes: z.array(routeSchema) })) });
const reasonSchema = z.object({ reason: z.object({ text: z.string() }) });

const POLICY = 'demo/policy.yaml';
/** Everything that a line of JSON may be, as `demo/json.ts` says. */
const KINDS = [
  'start',
  'part',
  'side',
  'call',
  'event',
  'read',
  'decision',
  'wait',
  'notice',
  'look',
  'failure',
  'check',
  'summary',
];

/** What a person who runs the demo with this policy sees; the real policy where none is given. */
function anIo(policy: string | undefined, color = false) {
  const seen = { stdout: '', stderr: '' };
  const io = {
    stdout: { write: (text: string) => (seen.stdout += text) },
    stderr: { write: (text: string) => (seen.stderr += text) },
    color,
    ...HERE,
    readFile: async (path: string) => (policy === undefined ? readFile(path) : Buffer.from(policy)),
  };
  return { seen, io };
}

async function autopeer(args: readonly string[], policy?: string) {
  const { seen, io } = anIo(policy);
  const exitCode = await run(['demo', ...args], io);
  return { exitCode, ...seen };
}

/** With real time standing still, so that it cannot differ. */
async function played(options: { seed?: number; json?: boolean; color?: boolean } = {}) {
  const { seed = 1, json = false, color = false } = options;
  const { seen, io } = anIo(undefined, color);
  await demo({ policy: POLICY, seed, json }, io, () => 1234);
  return seen.stdout;
}

const linesOf = (stdout: string): readonly Line[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));

/** Text without the line breaks that its width makes. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

let json: Awaited<ReturnType<typeof autopeer>>;
let lines: readonly Line[];
let text: string;
beforeAll(async () => {
  json = await autopeer(['--json']);
  lines = linesOf(json.stdout);
  text = await played();
});

const ofPart = (part: number, kind: string): readonly Line[] =>
  lines.filter((line) => line['part'] === part && line['kind'] === kind);
const sides = (part: number, when: string): readonly Line[] =>
  ofPart(part, 'side').filter((line) => line['when'] === when);
const peeringOf = (part: number): unknown => ofPart(part, 'part')[0]?.['peeringId'];
/** All routes of both sides to the part's peering. */
const routesOf = (part: number, when: string): readonly string[] =>
  sides(part, when)
    .flatMap((side) => sideSchema.parse(side).tables.flatMap(({ routes }) => routes))
    .filter(({ target }) => target === peeringOf(part))
    .map(({ destination, state }) => `${destination} ${state}`)
    .toSorted();

describe('the story, by what EC2 said of both sides', () => {
  test.each([
    [1, ['10.10.0.0/16 active', '10.20.0.0/16 active', '10.20.0.0/16 active']],
    [2, ['10.12.0.0/16 active', '10.20.0.0/16 active']],
    [3, ['10.10.0.0/16 active', '10.11.0.0/16 active', '10.11.0.0/16 active']],
  ])('part %i: connected, with a route in every used table and DNS on', (part, routes) => {
    expect(routesOf(part, 'before')).toEqual([]);
    expect(routesOf(part, 'after')).toEqual(routes);
    expect(sides(part, 'after')).toMatchObject([
      { role: 'requester', peeringState: 'active', dnsFromRemote: true },
      { role: 'accepter', peeringState: 'active', dnsFromRemote: true },
    ]);
  });

  test('part 1 is cross-account, part 2 inter-region, part 3 within one account', () => {
    const places = [1, 2, 3].map((part) =>
      sides(part, 'after').map(({ accountId, region }) => `${String(accountId)} ${String(region)}`),
    );
    expect(places).toEqual([
      ['111111111111 eu-west-1', '222222222222 eu-west-1'],
      ['111111111111 us-east-1', '222222222222 eu-west-1'],
      ['111111111111 eu-west-1', '111111111111 eu-west-1'],
    ]);
  });

  test('part 4: rejected by the deny rule, whose reason is told', () => {
    expect(sides(4, 'after').map(({ peeringState }) => peeringState)).toEqual(['rejected', 'rejected']);
    expect(routesOf(4, 'after')).toEqual([]);
    const [decision] = ofPart(4, 'decision');
    expect(decision).toMatchObject({ decision: 'reject', rule: 'sandbox-stays-alone' });
    expect(JSON.stringify(decision)).toContain('experiments come nowhere near customer data');
  });

  test('part 5: held, with the rule that came nearest', () => {
    const states = sides(5, 'after').map(({ peeringState }) => peeringState);
    expect(states).toEqual(['pending-acceptance', 'pending-acceptance']);
    expect(routesOf(5, 'after')).toEqual([]);
    const [decision] = ofPart(5, 'decision');
    expect(decision).toMatchObject({ decision: 'hold', reason: { code: 'no-rule-matches' } });
    expect(JSON.stringify(decision)).toContain('Nearest is apps-to-shared');
  });

  test('part 6: what part 1 connected is deleted, and no route to it is left on either side', () => {
    expect(peeringOf(6)).toBe(peeringOf(1));
    expect(routesOf(6, 'before')).toHaveLength(3);
    expect(routesOf(6, 'after')).toEqual([]);
    expect(sides(6, 'after').map(({ peeringState }) => peeringState)).toEqual(['deleted', 'deleted']);
  });

  test('all parts are as told, nothing failed, no dead letter, no alarm, exit code 0', () => {
    const checks = lines.filter(({ kind }) => kind === 'check');
    expect(checks.map(({ asTold }) => asTold)).toEqual([true, true, true, true, true, true]);
    expect(lines.at(-1)).toMatchObject({
      kind: 'summary',
      peerings: { active: 2, 'pending-acceptance': 1, rejected: 1, deleted: 1 },
      decisions: { connect: 3, reject: 1, hold: 1, 'clean-up': 1 },
      failures: 0,
      ringing: [],
      differing: [],
    });
    expect(json.exitCode).toBe(0);
    expect(json.stderr).toBe('');
  });
});

describe('the timeline', () => {
  test('a person calls, the event comes, autopeer reads, decides, accepts, connects and tells', () => {
    const told = lines.filter((line) => line['part'] === 1 && 'afterMs' in line);
    const isEcho = (line: Line): boolean => line['kind'] === 'event' && line['by'] === 'autopeer';
    const steps = told
      .filter((line) => !isEcho(line))
      .map(({ kind, by, action }) => [kind, by, action].filter(Boolean).join(' '));
    expect([...new Set(steps)]).toEqual([
      'call person CreateVpcPeeringConnection',
      'event person',
      'read',
      'decision',
      'call autopeer AcceptVpcPeeringConnection',
      'wait',
      'call autopeer CreateRoute',
      'call autopeer ModifyVpcPeeringConnectionOptions',
      'call autopeer CreateTags',
      'notice',
    ]);
    // Accepting, and DNS on each side: these come back, whenever CloudTrail brings them, and nothing comes of them.
    expect(told.filter(isEcho)).toMatchObject(Array.from({ length: 3 }, () => ({ intake: 'ignored' })));
  });

  test('time never runs backwards, and every notice comes to SNS and Slack', () => {
    for (const part of [1, 2, 3, 4, 5, 6]) {
      const times = lines
        .filter((line) => line['part'] === part && 'afterMs' in line)
        .map((line) => Number(line['afterMs']));
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times[0]).toBe(0);
      expect(ofPart(part, 'notice')).toMatchObject([{ channels: ['slack', 'sns'] }]);
    }
  });

  test('every line of JSON is of a documented kind', () => {
    expect(lines.filter(({ kind }) => !KINDS.includes(String(kind)))).toEqual([]);
  });
});

describe('text and JSON', () => {
  test('people read the same facts', () => {
    const read = flat(text);
    for (const { peeringId } of lines.filter(({ kind }) => kind === 'part'))
      expect(read).toContain(String(peeringId));
    const decisions = lines.filter(({ kind }) => kind === 'decision');
    expect(decisions).toHaveLength(6);
    for (const decision of decisions) expect(read).toContain(reasonSchema.parse(decision).reason.text);
    for (const { afterMs } of decisions) expect(read).toContain(`+${(Number(afterMs) / 1000).toFixed(1)} s`);
    for (const { detailType } of lines.filter(({ kind }) => kind === 'notice'))
      expect(read).toContain(`“${String(detailType)}”`);
    expect(read).toContain('3 connect, 1 reject, 1 hold, 1 clean-up');
    expect(read).toContain('All 6 parts are as the story says');
    expect(read).toContain('1.2 s real');
  });

  test('the DNS flags of a peering that has ended are not shown as on', () => {
    const last = text.slice(text.indexOf('6. A team deletes'));
    expect(last.match(/DNS .*/g)).toEqual([
      expect.stringMatching(/^DNS +on +–$/),
      expect.stringMatching(/^DNS +on +–$/),
    ]);
  });

  test('no line of text is wider than a terminal of 100 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('the same seed gives the same output, byte for byte', async () => {
    expect(await played()).toBe(text);
    expect(await played({ json: true })).toBe(json.stdout);
  });

  test('another seed gives other ids', async () => {
    const others = linesOf(await played({ json: true, seed: 8 }));
    const ids = others.filter(({ kind }) => kind === 'part').map(({ peeringId }) => peeringId);
    expect(ids).toHaveLength(6);
    expect(ids).not.toContain(peeringOf(1));
  });

  test('colours are in the text where the terminal shows them, and never in JSON', async () => {
    expect(await played({ color: true })).toContain('\u001B[1m');
    expect(text).not.toContain('\u001B');
    expect(await played({ color: true, json: true })).toBe(json.stdout);
  });
});

describe('another policy', () => {
  const COMMON = 'version: 1\nregions: [eu-west-1, us-east-1]\ngroups: { all: { external: false } }\n';

  test('a broken one: every fault with its place, exit code 2, and nothing runs', async () => {
    const broken = 'version: 2\nregions: [mars]\nallow:\n  - { name: a, requester: nobody, accepter: all }\n';
    const { exitCode, stdout, stderr } = await autopeer(['--policy', 'mine.yaml'], broken);
    expect(stderr.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'mine.yaml:1:10:',
      'mine.yaml:2:11:',
      'mine.yaml:4:27:',
      'mine.yaml:4:45:',
      '',
    ]);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('one that denies everything: the demo says that the story differs, exit code 1', async () => {
    const denial = `${COMMON}deny: [{ name: none, requester: all, accepter: all }]\n`;
    const { exitCode, stdout } = await autopeer(['--json', '--policy', 'mine.yaml'], denial);
    const all = linesOf(stdout);
    expect(all.at(-1)).toMatchObject({ peerings: { rejected: 5 }, differing: [1, 2, 3, 5, 6] });
    expect(all).toContainEqual(
      expect.objectContaining({
        kind: 'call',
        action: 'DeleteVpcPeeringConnection',
        errorCode: 'InvalidStateTransition',
      }),
    );
    expect(exitCode).toBe(1);
  });

  test.each([
    ['dns: false', "The requester's DNS flag is not on."],
    ['routes: { tables: main }', 'has no active route to 10.20.0.0/16 by the peering.'],
  ])('one that connects with %s: people read what is missing, exit code 1', async (connect, missing) => {
    const policy = (await readFile(POLICY, 'utf8')).replace(
      'unmatched: hold',
      `unmatched: hold, connect: { ${connect} }`,
    );
    const { exitCode, stdout } = await autopeer(['--policy', 'mine.yaml'], policy);
    expect(flat(stdout)).toContain(missing);
    expect(stdout).toContain('✗ Not as the story says: 3 of 6 parts (1, 2, 3).');
    expect(exitCode).toBe(1);
  });

  test('a file that is not there: exit code 2, and nothing runs', async () => {
    const { exitCode, stdout, stderr } = await autopeer(['--policy', 'gone.yaml']);
    expect(stderr).toBe('autopeer: gone.yaml: no such file\n');
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

test.each(['-1', '1.5', 'x', '', '4294967296'])('%j is no seed: exit code 2', async (seed) => {
  const { exitCode, stdout } = await autopeer([`--seed=${seed}`]);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});
