import { partitionOf, type Partition } from '../shared/domain/facts/partition.ts';

/** The parts of an Amazon Resource Name. */
export interface Arn {
  readonly partition: PartitionId;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the account, such as `role/autopeer` or `event-bus/default`. */
  readonly resource: string;
}

export type PartitionId = Partition['id'];

const PARTITIONS: readonly PartitionId[] = ['aws', 'aws-us-gov', 'aws-cn'];

/** The parts of an ARN, or undefined when the text is none (`*` for one). */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(text);
  const [, first, service, region, accountId, resource] = match ?? [];
  const partition = PARTITIONS.find((id) => id === first);
  if (
    partition === undefined ||
    service === undefined ||
    region === undefined ||
    accountId === undefined ||
    resource === undefined
  ) {
    return undefined;
  }
  return { partition, service, region, accountId, resource };
}

/** The parts of an ARN that must be one. */
export function requireArn(text: string): Arn {
  const arn = parseArn(text);
  if (arn === undefined) throw new Error(`not an ARN: ${text}`);
  return arn;
}

/**
 * Writes an ARN.
 *
 * @param partition must be given for what belongs to no region: an ARN of IAM, STS, Organizations or S3
 */
export function formatArn(
  service: string,
  region: string,
  accountId: string,
  resource: string,
  partition: PartitionId = partitionOf(region).id,
): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** What the names of AWS's hosts end in: https://docs.aws.amazon.com/general/latest/gr/rande.html */
export const dnsSuffixOf = (region: string): string =>
  partitionOf(region).id === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
