const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What Service Quotas can raise for one account in one region. */
export interface Ec2Quotas {
  /** Active peerings of one VPC, whichever side it is on. */
  readonly activePeeringsPerVpc: number;
  /** Requests that one account has sent from one region and nobody has answered yet. */
  readonly outstandingPeeringRequests: number;
  /** Routes of one table and one address family, the local and the propagated ones not counted. */
  readonly routesPerTable: number;
  readonly ipv4CidrsPerVpc: number;
  readonly ipv6CidrsPerVpc: number;
  readonly vpcsPerRegion: number;
  readonly internetGatewaysPerRegion: number;
  readonly subnetsPerVpc: number;
  readonly routeTablesPerVpc: number;
  readonly securityGroupsPerRegion: number;
  /** Rules of one group, one direction and one address family. */
  readonly rulesPerSecurityGroup: number;
  readonly networkAclsPerVpc: number;
  /** Entries of one ACL and one direction. */
  readonly rulesPerNetworkAcl: number;
}

/** How the simulated EC2 behaves. Durations are virtual milliseconds. */
export interface Ec2Options extends Ec2Quotas {
  /** From `initiating-request` to `pending-acceptance` or `failed`. */
  readonly initiatingMs: number;
  /** From `provisioning` to `active`. */
  readonly provisioningMs: number;
  /** From `deleting` to `deleted`. */
  readonly deletingMs: number;
  /** How long a deleted peering still shows the CIDRs of both sides; after that it shows none. */
  readonly deletedCidrsKeptMs: number;
  /** From `pending-acceptance` to `expired`. */
  readonly expiryMs: number;
  /** How long the side that ended a peering, and a single account that owns both sides, still see it. */
  readonly endedShortMs: number;
  /** How long the other side still sees it. */
  readonly endedLongMs: number;
  /** From `associating` to `associated` for a secondary CIDR. */
  readonly cidrAssociatingMs: number;
  /** How long a change of a managed prefix list is in progress. */
  readonly prefixListChangingMs: number;
  /** Items of one Describe page at most, whatever MaxResults says: AWS may always answer fewer. */
  readonly pageSize: number;
  /**
   * Eventual consistency: for so long a new peering is NotFound, a just accepted one lacks the accepter's CIDRs,
   * and a new route is missing from DescribeRouteTables.
   */
  readonly readLagMs: number;
  /** What CreateRoute says of a route that exists with the very same target: public reports disagree. */
  readonly repeatedRoute: 'already-exists' | 'accepted';
  /**
   * In which order a page of route tables comes: "applications should not assume the elements appear in a particular
   * order". https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
   */
  readonly tableOrder: 'created' | 'reversed';
  /**
   * Whether each account has a default VPC in each region, as a new account of AWS does. Organizations mostly delete
   * them, because they all have the same CIDR; so the accounts of the simulation begin without.
   */
  readonly defaultVpcs: boolean;
  /** Whether requests above the rates of EC2's token buckets are refused with `RequestLimitExceeded`. */
  readonly throttling: boolean;
}

export const DEFAULT_OPTIONS: Ec2Options = {
  // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  activePeeringsPerVpc: 50,
  outstandingPeeringRequests: 25,
  routesPerTable: 50,
  ipv4CidrsPerVpc: 5,
  ipv6CidrsPerVpc: 5,
  subnetsPerVpc: 200,
  routeTablesPerVpc: 200,
  securityGroupsPerRegion: 2500,
  rulesPerSecurityGroup: 60,
  networkAclsPerVpc: 200,
  rulesPerNetworkAcl: 20,
  // AWS begins with five of both. Whoever peers VPCs has more of them, and has had the quotas raised.
  vpcsPerRegion: 1000,
  internetGatewaysPerRegion: 1000,
  // Durations of transitions are not documented; these are of the order that people report.
  initiatingMs: 3 * SECOND_MS,
  provisioningMs: 5 * SECOND_MS,
  deletingMs: 3 * SECOND_MS,
  deletedCidrsKeptMs: MINUTE_MS,
  cidrAssociatingMs: SECOND_MS,
  prefixListChangingMs: SECOND_MS,
  // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
  expiryMs: 7 * DAY_MS,
  endedShortMs: 2 * HOUR_MS,
  endedLongMs: 2 * DAY_MS,
  // The least that EC2 takes for MaxResults: so small that every list longer than that runs through pages.
  pageSize: 5,
  readLagMs: 0,
  repeatedRoute: 'already-exists',
  tableOrder: 'created',
  defaultVpcs: false,
  // A run whose clock stands still would never get a token back.
  throttling: false,
};
