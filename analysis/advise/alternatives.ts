import { PRICES } from '../cost/prices.ts';

/** What joins VPCs of one region, and what it asks for in a month. */
export interface Alternative {
  readonly name: 'peering' | 'Transit Gateway' | 'PrivateLink' | 'Lattice';
  /** US dollars a month, whatever goes through. */
  readonly fixed: number;
  /** US dollars a GB. */
  readonly perGigabyte: number;
  readonly total: number;
  /** How it comes about, with AWS's prices. */
  readonly arithmetic: string;
}

const HOURS = 730;
/** An endpoint is in so many zones, to outlive one. */
const ZONES = 2;

/**
 * What the same traffic between VPCs of a region costs by each way. A Transit Gateway asks for each GB what a peering between zones
 * does, and for its attachments besides: for the same bytes a peering never costs more. PrivateLink and Lattice join clients with
 * one service, not networks; the load balancer behind PrivateLink and Lattice's requests are not in it.
 *
 * @param vpcs how many are joined
 * @param gigabytes a month, between all of them
 */
export function alternativesFor(
  vpcs: number,
  gigabytes: number,
  across: 'zone' | 'zones',
): readonly Alternative[] {
  const peering = across === 'zone' ? PRICES.sameZone : PRICES.acrossZones;
  const of = (
    name: Alternative['name'],
    count: number,
    hour: number,
    perGigabyte: number,
    what: string,
  ): Alternative => {
    const fixed = count * hour * HOURS;
    return {
      name,
      fixed,
      perGigabyte,
      total: fixed + gigabytes * perGigabyte,
      arithmetic: `${count === 0 ? '' : `${count} ${what} × ${hour} × ${HOURS} h + `}${gigabytes} GB × ${perGigabyte}`,
    };
  };
  return [
    of('peering', 0, 0, peering.usd, ''),
    of('Transit Gateway', vpcs, PRICES.transitHour.usd, PRICES.transitGigabyte.usd, 'VPCs'),
    of(
      'PrivateLink',
      Math.max(vpcs - 1, 0) * ZONES,
      PRICES.privateLinkHour.usd,
      PRICES.privateLinkGigabyte.usd,
      'endpoints in zones',
    ),
    of('Lattice', 1, PRICES.latticeHour.usd, PRICES.latticeGigabyte.usd, 'service'),
  ];
}
