import { alternativesFor } from '../../analysis/advise/alternatives.ts';
import { SNAPSHOT } from '../support/organizations.ts';
import { runCli } from '../support/run-cli.ts';

type Side = { readonly accountId: string; readonly region: string; readonly vpcId: string };
const [web, vault] = SNAPSHOT.vpcs;
const vpc = (index: number, region = 'eu-west-1'): Side => ({
  accountId: '100000000002',
  region,
  vpcId: `vpc-0000a${String(index).padStart(3, '0')}`,
});
const hub: Side = { accountId: web.accountId, region: web.region, vpcId: web.id };
const times = <Item>(count: number, make: (index: number) => Item): readonly Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

let made = 0;
const peering = (requester: Side, accepter: Side, state = 'active') => {
  made += 1;
  return { id: `pcx-${made.toString(16).padStart(8, '0')}`, state, requester, accepter };
};
const spokes = (count: number, state = 'active') => times(count, (index) => peering(hub, vpc(index), state));
const mesh = (ends: readonly Side[]) =>
  ends.flatMap((one, index) => ends.slice(index + 1).map((other) => peering(one, other)));

const advise = (over: Readonly<Record<string, unknown>>, args: readonly string[] = [], old: unknown = {}) =>
  runCli(['advise', '--snapshot', 'o.json', ...args], {
    'o.json': JSON.stringify({ ...SNAPSHOT, ...over }),
    'old.json': JSON.stringify(old),
  });
const json = async (
  over: Readonly<Record<string, unknown>>,
  args: readonly string[] = [],
  old: unknown = {},
) => (await advise(over, ['-o', 'json', ...args], old)).json();

describe('limits ahead', () => {
  it('are not near', async () => {
    const { exitCode, stdout } = await advise({ peerings: spokes(39), network: [] });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'No limit is near, and nothing speaks for leaving peerings.\n',
    });
  });

  it.each([
    [40, 'raise'],
    [99, 'raise'],
    [100, 'leave'],
    [125, 'leave'],
  ])('%i active peerings of a VPC: %s', async (count, stage) => {
    const { exitCode } = await advise({ peerings: spokes(count) });
    expect(exitCode).toBe(1);
    expect(await json({ peerings: spokes(count) })).toMatchObject({
      limits: [{ limit: 'peerings', vpcId: web.id, used: count, stage, unraised: 50, most: 125 }],
    });
  });

  it('peerings that are over, or not accepted, do not count as active', async () => {
    const peerings = [...spokes(39), ...spokes(30, 'deleted'), ...spokes(10, 'pending-acceptance')];
    expect(await json({ peerings })).toMatchObject({ limits: [] });
  });

  it('requests that nobody has answered are those of an account in a region', async () => {
    const open = spokes(20, 'pending-acceptance');
    const elsewhere = times(19, (index) =>
      peering({ ...hub, region: 'us-east-1' }, vpc(index), 'pending-acceptance'),
    );
    expect(await json({ peerings: [...open, ...elsewhere] })).toMatchObject({
      limits: [{ limit: 'requests', accountId: web.accountId, region: 'eu-west-1', used: 20 }],
    });
  });

  it('routes of a table are those that are not propagated, a prefix list with its entries', async () => {
    const route = (destination: string, isPropagated = false) => ({
      destination,
      target: 'vgw-1',
      isActive: true,
      isPropagated,
    });
    const table = (routes: readonly unknown[]) => ({
      network: [
        {
          accountId: web.accountId,
          region: web.region,
          unread: [],
          vpcs: [],
          subnets: [],
          networkAcls: [],
          securityGroups: [],
          interfaces: [],
          instances: [],
          peerings: [],
          prefixLists: [{ id: 'pl-0a', entries: times(10, (index) => `10.8.${index}.0/24`) }],
          routeTables: [
            { id: 'rtb-1', ownerId: web.accountId, vpcId: web.id, isMain: true, subnetIds: [], routes },
          ],
        },
      ],
    });
    const own = times(30, (index) => route(`10.7.${index}.0/24`));
    const learnt = times(30, (index) => route(`10.6.${index}.0/24`, true));
    expect(await json(table([...own, ...learnt]))).toMatchObject({ limits: [] });
    expect(await json(table([...own, route('pl-0a')]))).toMatchObject({
      limits: [{ limit: 'routes', tableId: 'rtb-1', used: 40, stage: 'raise', most: 1000 }],
    });
  });

  it('grow since an older snapshot, and have a day on which they are full', async () => {
    const old = { ...SNAPSHOT, takenAt: '2026-11-10T06:00:00Z', peerings: spokes(35) };
    const { stdout } = await advise({ peerings: spokes(45) }, ['--since', 'old.json'], old);
    expect(stdout).toContain('+1.0 a day');
    expect(stdout).toContain('full in 80 days');
    const same = await json({ peerings: spokes(45) }, ['--since', 'old.json'], {
      ...old,
      peerings: spokes(45),
    });
    expect(same).toMatchObject({ limits: [{ growth: 0 }] });
    expect(same).not.toMatchObject({ limits: [{ daysLeft: expect.anything() }] });
  });
});

describe('full meshes', () => {
  it('are found, with what else would join them', async () => {
    const peerings = [...mesh(times(6, (index) => vpc(index))), peering(hub, vpc(0)), peering(hub, vpc(1))];
    const { stdout, exitCode } = await advise({ peerings });
    // No limit is near: that there is a mesh is nothing wrong.
    expect(exitCode).toBe(0);
    expect(stdout).toContain('6 VPCs in eu-west-1, 15 peerings');
    // 1,500 GB between zones; 6 attachments besides.
    expect(stdout).toMatch(/peering +30\.00 +1500 GB × 0\.02/);
    expect(stdout).toMatch(/Transit Gateway +249\.00 +6 VPCs × 0\.05 × 730 h \+ 1500 GB × 0\.02/);
    expect(stdout).toContain('never costs more than a Transit Gateway');
    expect(stdout).toContain('9,001 bytes, Transit Gateway and Cloud WAN 8,500');
  });

  it.each([
    ['a star', spokes(10)],
    ['three', mesh(times(3, (index) => vpc(index)))],
    ['a ring', times(8, (index) => peering(vpc(index), vpc((index + 1) % 8)))],
    ['over regions', mesh(times(5, (index) => vpc(index, `eu-west-${index + 1}`)))],
  ])('%s is none', async (_what, peerings) => {
    expect(await json({ peerings })).toMatchObject({ meshes: [] });
  });

  it.each([
    [0, 'zone'],
    [0, 'zones'],
    [1_000_000, 'zone'],
    [1_000_000, 'zones'],
  ] as const)(
    'never cost less by a Transit Gateway for the same bytes: %i GB within a %s',
    (gigabytes, across) => {
      const [own, transit] = alternativesFor(4, gigabytes, across);
      expect(own).toMatchObject({ name: 'peering', fixed: 0 });
      expect(transit).toMatchObject({ name: 'Transit Gateway', fixed: 4 * 0.05 * 730 });
      expect(own?.total).toBeLessThan(transit?.total ?? 0);
    },
  );
});

it('pairs that can never be peered need something else', async () => {
  const vaults = { ...vault, id: 'vpc-00000077' };
  const end = (id: string): Side => ({ accountId: vault.accountId, region: vault.region, vpcId: id });
  const over = { vpcs: [vault, vaults], peerings: [peering(end(vault.id), end(vaults.id), 'failed')] };
  expect((await advise(over)).stdout).toContain('1 pair somebody asked for can never be peered');
});

it.each([
  [['--gigabytes', 'many'], 'it is a number from 0 on'],
  [['--since', 'gone.json'], 'gone.json: no such file'],
  [['--across', 'sea'], 'Allowed choices are zone, zones'],
])('refuses %j', async (args, words) => {
  const { exitCode, stdout, stderr } = await advise({}, args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(words);
});
