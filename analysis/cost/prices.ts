/** What AWS asks, in US dollars. */
export interface Price {
  readonly usd: number;
  /** What it is for. */
  readonly per: string;
  readonly source: string;
}

/**
 * List prices of US East (N. Virginia), without free tiers, discounts and tax; most regions ask 0 to 20 % more. AWS changes
 * them: `PRICES_AS_OF` says when these were written down.
 */
export const PRICES_AS_OF = '2026-11';

const of = (usd: number, per: string, source: string): Price => ({ usd, per, source });

export const PRICES = {
  lambdaSecond: of(0.0000133334, 'GB-second on Arm', 'https://aws.amazon.com/lambda/pricing/'),
  lambdaRequest: of(0.2 / 1e6, 'invocation', 'https://aws.amazon.com/lambda/pricing/'),
  queueRequest: of(0.5 / 1e6, 'request to a FIFO queue', 'https://aws.amazon.com/sqs/pricing/'),
  event: of(
    1 / 1e6,
    'event that a rule sends to another account',
    'https://aws.amazon.com/eventbridge/pricing/',
  ),
  ledgerWrite: of(
    0.625 / 1e6,
    'write of 1 KB, on demand',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  ),
  ledgerRead: of(
    0.125 / 1e6,
    'read of 4 KB, on demand',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  ),
  logGigabyte: of(0.5, 'GB of logs', 'https://aws.amazon.com/cloudwatch/pricing/'),
  metric: of(0.3, 'custom metric a month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  alarm: of(0.1, 'metric of an alarm a month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  dashboard: of(3, 'dashboard a month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  sameZone: of(
    0,
    'GB within a zone',
    'https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html',
  ),
  acrossZones: of(0.02, 'GB between zones, both directions', 'https://aws.amazon.com/ec2/pricing/on-demand/'),
  acrossRegions: of(
    0.02,
    'GB between two regions; 0.01 to 0.15 by pair',
    'https://aws.amazon.com/ec2/pricing/on-demand/',
  ),
  transitHour: of(
    0.05,
    'hour of a VPC attached to a Transit Gateway',
    'https://aws.amazon.com/transit-gateway/pricing/',
  ),
  transitGigabyte: of(
    0.02,
    'GB through a Transit Gateway',
    'https://aws.amazon.com/transit-gateway/pricing/',
  ),
  privateLinkHour: of(
    0.01,
    'hour of an interface endpoint in a zone',
    'https://aws.amazon.com/privatelink/pricing/',
  ),
  privateLinkGigabyte: of(
    0.01,
    'GB through interface endpoints, the first PB',
    'https://aws.amazon.com/privatelink/pricing/',
  ),
  latticeHour: of(0.025, 'hour of a service', 'https://aws.amazon.com/vpc/lattice/pricing/'),
  latticeGigabyte: of(0.025, 'GB through a service', 'https://aws.amazon.com/vpc/lattice/pricing/'),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;
