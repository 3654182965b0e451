import type { PeeringId, Region, AccountId } from '../../shared/domain/facts/ids.ts';
import type { Peering } from '../../shared/domain/facts/peering.ts';
import type { Ec2, Ec2Directory } from '../../shared/reconcile/ports.ts';

/**
 * EC2 as it will show itself right after the request: the peering is there and pending, and all else is as it is. So the code that
 * answers a request also says beforehand what it will answer. Nothing can be written through it.
 */
export class AskedEc2 implements Ec2Directory {
  readonly #real: Ec2Directory;
  readonly #asked: Peering;

  constructor(real: Ec2Directory, asked: Peering) {
    this.#real = real;
    this.#asked = asked;
  }

  in(accountId: AccountId, region: Region): Ec2 {
    const real = this.#real.in(accountId, region);
    const asked = this.#asked;
    const isSeen = [asked.requester, asked.accepter].some(
      (side) => side.accountId === accountId && side.region === region,
    );
    return {
      findPeering: (id: PeeringId) =>
        isSeen && id === asked.id ? Promise.resolve(asked) : real.findPeering(id),
      listPeerings: async () => {
        const there = await real.listPeerings();
        return isSeen ? [...there, asked] : there;
      },
      listRequests: () => real.listRequests(),
      findNetwork: (vpcId) => real.findNetwork(vpcId),
      readInventory: () => real.readInventory(),
      readPrefixLists: (ids) => real.readPrefixLists(ids),
      readEncryption: (vpcId) => real.readEncryption(vpcId),
      listRouteTablesTo: (id) => real.listRouteTablesTo(id),
      acceptPeering: refuse,
      rejectPeering: refuse,
      deletePeering: refuse,
      createRoute: refuse,
      deleteRoute: refuse,
      tagPeering: refuse,
      setDns: refuse,
    };
  }

  prepare(accountId: AccountId): void {
    this.#real.prepare(accountId);
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('who looks ahead writes nothing'));
