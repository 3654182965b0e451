import { ID_DIFFERENCES } from './ids.ts';
import type { KnownDifference } from './known.ts';
import { PEERING_DIFFERENCES } from './peerings.ts';
import { ROUTE_DIFFERENCES } from './routes.ts';
import { TAG_AND_GROUP_DIFFERENCES } from './tags-and-groups.ts';
import { VPC_DIFFERENCES } from './vpcs.ts';

/** Where the simulated EC2 and moto are known to differ. The first that fits counts. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  ...ID_DIFFERENCES,
  ...VPC_DIFFERENCES,
  ...ROUTE_DIFFERENCES,
  ...PEERING_DIFFERENCES,
  ...TAG_AND_GROUP_DIFFERENCES,
];
