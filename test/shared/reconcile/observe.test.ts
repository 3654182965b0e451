import { NO_MEMORY } from '../../../shared/domain/memory/memory.ts';
import type { Peering } from '../../../shared/domain/facts/peering.ts';
import type { RouteTable, VpcNetwork } from '../../../shared/domain/facts/vpc.ts';
import { observe } from '../../../shared/reconcile/observe.ts';
import type { Ec2, ReconcileDeps } from '../../../shared/reconcile/ports.ts';
import { cidr } from '../../support/ids.ts';
import {
  ACCEPTER,
  anAccepter,
  aPeering,
  aRequester,
  aTable,
  PEERING,
  REQUESTER,
} from '../../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../../support/policy-text.ts';

interface Seen {
  readonly peering?: Peering;
  readonly accepterNetwork?: VpcNetwork;
  readonly tablesTo?: readonly RouteTable[];
  /** EC2's answer about the peering cannot be read: a list leaves it out. */
  readonly isOdd?: boolean;
}

/** What two accounts answer to reads; a write would be a bug in `observe`. */
function reads({
  peering,
  accepterNetwork,
  tablesTo,
  isOdd = false,
}: Seen): Pick<ReconcileDeps, 'ec2' | 'organization' | 'policy' | 'clock'> {
  const never = () => Promise.reject(new Error('observing must not write'));
  const ec2: Ec2 = {
    findPeering: async () => {
      if (isOdd) throw new Error('EC2’s answer about it cannot be read');
      return peering;
    },
    readPrefixLists: async () => new Map(),
    readEncryption: async () => 'none',
    listRequests: never,
    listPeerings: async () => (peering === undefined || isOdd ? [] : [peering]),
    findNetwork: async (vpcId) =>
      vpcId === ACCEPTER.vpcId ? (accepterNetwork ?? anAccepter().network) : aRequester().network,
    readInventory: never,
    listRouteTablesTo: async () => tablesTo ?? [],
    acceptPeering: never,
    rejectPeering: never,
    deletePeering: never,
    createRoute: never,
    deleteRoute: never,
    setDns: never,
    tagPeering: never,
  };
  return {
    policy: policyOf(APPS_TO_SHARED),
    ec2: { in: () => ec2, prepare: () => undefined },
    organization: { standingOf: async () => 'member', find: async () => ({ kind: 'member', ous: [] }) },
    clock: { now: () => 0, sleep: never },
  };
}

const key = { peeringId: PEERING, accountId: REQUESTER.accountId, region: REQUESTER.region };

it('a VPC that is only shared with the account is not read as its own', async () => {
  const { network } = anAccepter();
  const shared = { ...network, vpc: { ...network.vpc, ownerId: REQUESTER.accountId } };
  const observed = await observe(
    key,
    reads({ peering: aPeering('active'), accepterNetwork: shared }),
    Promise.resolve(NO_MEMORY),
  );
  expect(observed).toMatchObject({
    kind: 'open',
    sides: { accepter: { kind: 'unreadable', reason: expect.stringContaining('does not own it') } },
  });
});

describe('of a peering that EC2 does not find', () => {
  const routeTo = (isBlackhole: boolean, destination: string) =>
    ({
      destination: cidr(destination),
      target: { kind: 'peering', peeringId: PEERING },
      isBlackhole,
      isPropagated: false,
    }) as const;

  it('only blackholes are leftovers: a read that lags must not cost a route that works', async () => {
    const tablesTo = [
      aTable('rtb-11111111', { routes: [routeTo(true, '10.2.0.0/16'), routeTo(false, '10.3.0.0/16')] }),
    ];
    const observed = await observe(key, reads({ tablesTo }), Promise.resolve(NO_MEMORY));
    expect(observed).toMatchObject({ kind: 'not-found', leftovers: [{ destination: '10.2.0.0/16' }] });
  });
});

it('one that a list leaves out since it cannot be read is not taken to be gone', async () => {
  const seen = reads({ peering: aPeering('active'), isOdd: true });
  await expect(observe(key, seen, Promise.resolve(NO_MEMORY))).rejects.toThrow('cannot be read');
});

it('of an ended peering, a route in the same table that leads elsewhere is no leftover', async () => {
  const elsewhere = {
    destination: cidr('10.9.0.0/16'),
    target: { kind: 'other', id: 'tgw-1' },
    isBlackhole: true,
    isPropagated: false,
  } as const;
  const observed = await observe(
    key,
    reads({ peering: aPeering('deleted'), tablesTo: [aTable('rtb-11111111', { routes: [elsewhere] })] }),
    Promise.resolve(NO_MEMORY),
  );
  expect(observed).toMatchObject({ kind: 'ended', leftovers: [] });
});

it('a peering that EC2 has forgotten is cleaned up on both sides that the ledger remembers', async () => {
  const places: string[] = [];
  const seen = reads({});
  const remembering = {
    ...seen,
    ec2: {
      prepare: () => undefined,
      in: (account: string, region: string) => {
        places.push(`${account} ${region}`);
        return seen.ec2.in(key.accountId, key.region);
      },
    },
  };
  const sides = { requester: REQUESTER, accepter: ACCEPTER };
  await observe(key, remembering, Promise.resolve({ ...NO_MEMORY, sides }));
  expect(new Set(places)).toEqual(new Set(['111111111111 eu-west-1', '222222222222 eu-west-1']));
});

describe('a hint from an account that is no member, or no longer one', () => {
  const suspended = (seen: Seen) => {
    const from = reads(seen);
    const standingOf = async (id: string) =>
      id === key.accountId ? ('suspended' as const) : ('member' as const);
    return { ...from, organization: { ...from.organization, standingOf } };
  };

  it('is about what the side that the ledger remembers shows', async () => {
    const sides = { requester: REQUESTER, accepter: ACCEPTER };
    const memory = Promise.resolve({ ...NO_MEMORY, sides });
    const observed = await observe(key, suspended({ peering: aPeering('rejected') }), memory);
    expect(observed).toMatchObject({ kind: 'ended', seenFrom: { accountId: ACCEPTER.accountId } });
  });

  it('is about nothing where the ledger remembers no sides', async () => {
    const seen = suspended({ peering: aPeering('rejected') });
    const observed = await observe(key, seen, Promise.resolve(NO_MEMORY));
    expect(observed).toMatchObject({ kind: 'not-governed' });
  });
});
