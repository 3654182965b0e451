import type {
  CreateManagedPrefixListRequest,
  EC2,
  ModifyManagedPrefixListRequest,
} from '@aws-sdk/client-ec2';
import { Ec2Clients } from './ec2-client.ts';
import { MEMBER } from '../world/services-support.ts';

/** Longer than a change of a list takes. */
const CHANGED_MS = 5000;

const LIST: CreateManagedPrefixListRequest = {
  PrefixListName: 'on-premises',
  AddressFamily: 'IPv4',
  MaxEntries: 3,
  Entries: [{ Cidr: '10.20.0.0/16', Description: 'Dublin' }, { Cidr: '10.30.0.0/16' }],
};

const BY_AWS = [{ Name: 'owner-id', Values: ['AWS'] }];

async function setUp(input: Partial<CreateManagedPrefixListRequest> = {}, options = {}) {
  const ec2 = new Ec2Clients(options);
  const { PrefixList } = await ec2.get(ec2.owner.createManagedPrefixList({ ...LIST, ...input }));
  await ec2.pass(CHANGED_MS);
  const PrefixListId = PrefixList?.PrefixListId ?? '';
  const modify = (change: Partial<ModifyManagedPrefixListRequest>) =>
    ec2.owner.modifyManagedPrefixList({ PrefixListId, ...change });
  return { ec2, PrefixListId, modify };
}

async function listsOf(ec2: Ec2Clients, owner: EC2, input = {}) {
  const { PrefixLists = [] } = await ec2.get(owner.describeManagedPrefixLists(input));
  return PrefixLists;
}

async function cidrsOf(ec2: Ec2Clients, PrefixListId: string, TargetVersion?: number) {
  const input = { PrefixListId, ...(TargetVersion !== undefined && { TargetVersion }) };
  const { Entries = [] } = await ec2.get(ec2.owner.getManagedPrefixListEntries(input));
  return Entries.map(({ Cidr }) => Cidr);
}

describe('a managed prefix list', () => {
  it('gets the entries of an older version back, as a new version', async () => {
    const { ec2, PrefixListId, modify } = await setUp();
    await ec2.get(modify({ CurrentVersion: 1, RemoveEntries: [{ Cidr: '10.30.0.0/16' }] }));
    await ec2.pass(CHANGED_MS);
    const restore = (PreviousVersion: number, CurrentVersion: number) =>
      ec2.get(ec2.owner.restoreManagedPrefixListVersion({ PrefixListId, PreviousVersion, CurrentVersion }));
    await expect(restore(1, 1)).rejects.toMatchObject({ name: 'PrefixListVersionMismatch' });
    await expect(restore(3, 2)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect((await restore(1, 2)).PrefixList?.State).toBe('restore-in-progress');
    await ec2.pass(CHANGED_MS);
    expect(await listsOf(ec2, ec2.owner, { PrefixListIds: [PrefixListId] })).toMatchObject([
      { State: 'restore-complete', Version: 3 },
    ]);
    expect(await cidrsOf(ec2, PrefixListId)).toEqual(['10.20.0.0/16', '10.30.0.0/16']);
  });

  it('is being created for a while, and then is there with its entries', async () => {
    const ec2 = new Ec2Clients();
    const TagSpecifications = [
      { ResourceType: 'prefix-list' as const, Tags: [{ Key: 'team', Value: 'network' }] },
    ];
    const input = { ...LIST, TagSpecifications };
    const { PrefixList } = await ec2.get(ec2.owner.createManagedPrefixList(input));
    const PrefixListId = PrefixList?.PrefixListId ?? '';
    expect(PrefixListId).toMatch(/^pl-[0-9a-f]{17}$/);
    expect(PrefixList?.State).toBe('create-in-progress');
    await ec2.pass(CHANGED_MS);
    expect(await listsOf(ec2, ec2.owner, { PrefixListIds: [PrefixListId] })).toEqual([
      {
        PrefixListId,
        AddressFamily: 'IPv4',
        State: 'create-complete',
        PrefixListArn: `arn:aws:ec2:eu-west-1:${MEMBER}:prefix-list/${PrefixListId}`,
        PrefixListName: 'on-premises',
        MaxEntries: 3,
        Version: 1,
        Tags: [{ Key: 'team', Value: 'network' }],
        OwnerId: MEMBER,
      },
    ]);
    const { Entries } = await ec2.get(ec2.owner.getManagedPrefixListEntries({ PrefixListId }));
    expect(Entries).toEqual(LIST.Entries);
  });

  it('belongs to an account and a region', async () => {
    const { ec2, PrefixListId } = await setUp();
    for (const stranger of [ec2.other, ec2.client(MEMBER, 'us-east-1')]) {
      const lists = await listsOf(ec2, stranger);
      expect(lists.map((list) => list.PrefixListId)).not.toContain(PrefixListId);
      const read = stranger.getManagedPrefixListEntries({ PrefixListId });
      expect(await ec2.codeOf(read)).toBe('InvalidPrefixListID.NotFound');
    }
  });

  it('gets a new version with new entries, which is in force when the change has ended', async () => {
    const { ec2, PrefixListId, modify } = await setUp();
    const change = { AddEntries: [{ Cidr: '10.40.0.0/16' }], RemoveEntries: [{ Cidr: '10.20.0.0/16' }] };
    const { PrefixList } = await ec2.get(modify({ ...change, CurrentVersion: 1 }));
    expect(PrefixList).toMatchObject({ State: 'modify-in-progress', Version: 1 });
    expect(await cidrsOf(ec2, PrefixListId)).toEqual(['10.20.0.0/16', '10.30.0.0/16']);
    await ec2.pass(CHANGED_MS);
    const [list] = await listsOf(ec2, ec2.owner, { PrefixListIds: [PrefixListId] });
    expect(list).toMatchObject({ State: 'modify-complete', Version: 2 });
    expect(await cidrsOf(ec2, PrefixListId)).toEqual(['10.30.0.0/16', '10.40.0.0/16']);
    expect(await cidrsOf(ec2, PrefixListId, 1)).toEqual(['10.20.0.0/16', '10.30.0.0/16']);
  });

  it('keeps its version when only its name or its size changes', async () => {
    const { ec2, PrefixListId, modify } = await setUp();
    await ec2.get(modify({ PrefixListName: 'offices', MaxEntries: 10 }));
    await ec2.pass(CHANGED_MS);
    const [list] = await listsOf(ec2, ec2.owner, { PrefixListIds: [PrefixListId] });
    expect(list).toMatchObject({ PrefixListName: 'offices', MaxEntries: 10, Version: 1 });
  });

  it.each([
    ['another version', 'PrefixListVersionMismatch', { CurrentVersion: 2 }],
    [
      'too many entries',
      'PrefixListMaxEntriesExceeded',
      { AddEntries: [{ Cidr: '10.40.0.0/16' }, { Cidr: '10.50.0.0/16' }] },
    ],
    ['fewer entries at most than it has', 'PrefixListMaxEntriesExceeded', { MaxEntries: 1 }],
    [
      'entries and their number at once',
      'InvalidParameterCombination',
      { AddEntries: [{ Cidr: '10.40.0.0/16' }], MaxEntries: 5 },
    ],
    ['an entry once more', 'InvalidRequest', { AddEntries: [{ Cidr: '10.20.0.0/16' }] }],
    [
      'the same entry out and in',
      'InvalidParameterValue',
      { AddEntries: [{ Cidr: '10.20.0.0/16' }], RemoveEntries: [{ Cidr: '10.20.0.0/16' }] },
    ],
    ['an entry out that is not in', 'InvalidParameterValue', { RemoveEntries: [{ Cidr: '10.99.0.0/16' }] }],
    ['an entry of the other family', 'InvalidParameterValue', { AddEntries: [{ Cidr: '2001:db8::/56' }] }],
    ['what is no block', 'InvalidParameterValue', { AddEntries: [{ Cidr: '10.40.0.0' }] }],
  ])('refuses %s: %s', async (_, code, change) => {
    const { ec2, PrefixListId, modify } = await setUp();
    expect(await ec2.codeOf(modify(change))).toBe(code);
    expect(await cidrsOf(ec2, PrefixListId)).toEqual(['10.20.0.0/16', '10.30.0.0/16']);
  });

  it('takes one change after the other', async () => {
    const { ec2, PrefixListId, modify } = await setUp();
    await ec2.get(modify({ PrefixListName: 'offices' }));
    expect(await ec2.codeOf(modify({ PrefixListName: 'sites' }))).toBe('IncorrectState');
    expect(await ec2.messageOf(ec2.owner.deleteManagedPrefixList({ PrefixListId }))).toBe(
      `The request cannot be completed while the prefix list (${PrefixListId}) is in the current state (modify-in-progress).`,
    );
  });

  it.each([
    ['a name of AWS’s', { PrefixListName: 'com.amazonaws.eu-west-1.mine' }],
    ['a family that does not exist', { AddressFamily: 'IPv5' }],
    ['no entries at most', { MaxEntries: 0 }],
  ])('is not created with %s', async (_, input) => {
    const ec2 = new Ec2Clients();
    const create = ec2.owner.createManagedPrefixList({ ...LIST, ...input });
    expect(await ec2.codeOf(create)).toBe('InvalidParameterValue');
  });

  it('is gone after its deletion', async () => {
    const { ec2, PrefixListId } = await setUp();
    const { PrefixList } = await ec2.get(ec2.owner.deleteManagedPrefixList({ PrefixListId }));
    expect(PrefixList?.State).toBe('delete-in-progress');
    await ec2.pass(CHANGED_MS);
    const read = ec2.owner.getManagedPrefixListEntries({ PrefixListId });
    expect(await ec2.codeOf(read)).toBe('InvalidPrefixListID.NotFound');
  });

  it('is tagged like any resource, but for one of AWS’s', async () => {
    const { ec2, PrefixListId } = await setUp();
    const Tags = [{ Key: 'team', Value: 'network' }];
    await ec2.get(ec2.owner.createTags({ Resources: [PrefixListId], Tags }));
    const [list] = await listsOf(ec2, ec2.owner, { Filters: [{ Name: 'tag:team', Values: ['network'] }] });
    expect(list?.PrefixListId).toBe(PrefixListId);
    const [byAws] = await listsOf(ec2, ec2.owner, { Filters: BY_AWS });
    const Resources = [byAws?.PrefixListId ?? ''];
    expect(await ec2.codeOf(ec2.owner.createTags({ Resources, Tags }))).toBe('UnsupportedOperation');
  });

  it('is read page by page', async () => {
    const Entries = Array.from({ length: 7 }, (_, index) => ({ Cidr: `10.${index}.0.0/16` }));
    const { ec2, PrefixListId } = await setUp({ Entries, MaxEntries: 10 }, { pageSize: 5 });
    const first = await ec2.get(ec2.owner.getManagedPrefixListEntries({ PrefixListId }));
    const { NextToken } = first;
    const second = await ec2.get(ec2.owner.getManagedPrefixListEntries({ PrefixListId, NextToken }));
    expect([...(first.Entries ?? []), ...(second.Entries ?? [])]).toEqual(Entries);
    expect(second.NextToken).toBeUndefined();
    const one = await ec2.get(ec2.owner.getManagedPrefixListEntries({ PrefixListId, MaxResults: 1 }));
    expect(one.Entries).toEqual(Entries.slice(0, 1));
  });

  it('is listed page by page', async () => {
    const { ec2 } = await setUp({}, { pageSize: 5 });
    for (const PrefixListName of ['a', 'b', 'c']) {
      await ec2.get(ec2.owner.createManagedPrefixList({ ...LIST, PrefixListName }));
    }
    const { PrefixLists = [], NextToken } = await ec2.get(ec2.owner.describeManagedPrefixLists({}));
    const rest = await listsOf(ec2, ec2.owner, { NextToken });
    expect([...PrefixLists, ...rest].map((list) => list.PrefixListName ?? '').toSorted()).toEqual([
      'a',
      'b',
      'c',
      'com.amazonaws.eu-west-1.dynamodb',
      'com.amazonaws.eu-west-1.s3',
      'on-premises',
    ]);
  });
});

describe('the prefix lists of AWS', () => {
  it('are in every region, the same for every account', async () => {
    const ec2 = new Ec2Clients();
    const lists = await listsOf(ec2, ec2.owner, { Filters: BY_AWS });
    const s3 = lists.find(({ PrefixListName }) => PrefixListName === 'com.amazonaws.eu-west-1.s3');
    expect(s3?.PrefixListId).toMatch(/^pl-[0-9a-f]{8}$/);
    expect(s3).toEqual({
      PrefixListId: s3?.PrefixListId,
      AddressFamily: 'IPv4',
      State: 'create-complete',
      PrefixListArn: `arn:aws:ec2:eu-west-1:aws:prefix-list/${s3?.PrefixListId}`,
      PrefixListName: 'com.amazonaws.eu-west-1.s3',
      Tags: [],
      OwnerId: 'AWS',
    });
    expect(await listsOf(ec2, ec2.other, { Filters: BY_AWS })).toEqual(lists);
    const elsewhere = await listsOf(ec2, ec2.client(MEMBER, 'us-east-1'), { Filters: BY_AWS });
    expect(elsewhere.map(({ PrefixListId }) => PrefixListId)).not.toContain(s3?.PrefixListId);
  });

  it('have entries that anybody may read and nobody may change', async () => {
    const ec2 = new Ec2Clients();
    const [list] = await listsOf(ec2, ec2.other, { Filters: BY_AWS });
    const PrefixListId = list?.PrefixListId ?? '';
    expect((await cidrsOf(ec2, PrefixListId)).length).toBeGreaterThan(1);
    const modify = ec2.owner.modifyManagedPrefixList({ PrefixListId, PrefixListName: 'mine' });
    expect(await ec2.codeOf(modify)).toBe('UnsupportedOperation');
    expect(await ec2.codeOf(ec2.owner.deleteManagedPrefixList({ PrefixListId }))).toBe(
      'UnsupportedOperation',
    );
  });

  it('are all that DescribePrefixLists knows', async () => {
    const { ec2 } = await setUp();
    const { PrefixLists } = await ec2.get(ec2.owner.describePrefixLists({}));
    expect(PrefixLists?.map(({ PrefixListName, Cidrs = [] }) => [PrefixListName, Cidrs.length > 1])).toEqual([
      ['com.amazonaws.eu-west-1.s3', true],
      ['com.amazonaws.eu-west-1.dynamodb', true],
    ]);
  });
});
