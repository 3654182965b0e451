import { createHash } from 'node:crypto';
import { parseCidr } from '../../shared/domain/facts/cidr.ts';
import type { PrefixListRecord } from './records.ts';

export const AWS_OWNER = 'AWS';

const ID_DIGITS = 8;
/** https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights */
const WEIGHT = 1;

/** Blocks of the two services with gateway endpoints: a few of them, and the same in every region. */
const SERVICES = [
  { service: 's3', cidrs: ['3.5.0.0/19', '52.216.0.0/15', '54.231.0.0/16'] },
  { service: 'dynamodb', cidrs: ['52.94.0.0/22', '52.119.224.0/20'] },
] as const;

/**
 * The managed prefix lists that AWS has in a region. Their ids are the same for every account.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export function awsPrefixLists(nextOrder: () => number, region: string): PrefixListRecord[] {
  return SERVICES.map(({ service, cidrs }) => {
    const name = `com.amazonaws.${region}.${service}`;
    return {
      id: `pl-${createHash('sha256').update(name).digest('hex').slice(0, ID_DIGITS)}`,
      order: nextOrder(),
      ownerId: AWS_OWNER,
      region,
      family: 'ipv4',
      name,
      maxEntries: WEIGHT,
      versions: [
        {
          entries: cidrs.flatMap((text) => {
            const cidr = parseCidr(text);
            return cidr === undefined ? [] : [{ cidr, description: undefined }];
          }),
          since: 0,
        },
      ],
      change: { kind: 'create', endsAt: 0, failure: undefined },
    };
  });
}
