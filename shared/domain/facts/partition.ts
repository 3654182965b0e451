/**
 * A group of regions with accounts, names and a console of its own: what is in one knows nothing of the others, and no
 * peering leads from one to another.
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export interface Partition {
  /** The second part of every ARN in it. */
  readonly id: 'aws' | 'aws-us-gov' | 'aws-cn';
  /** Where people find a page of the console: `https://<host>/<page>?region=<region>`. */
  readonly consoleHost: string;
}

const COMMERCIAL: Partition = { id: 'aws', consoleHost: 'console.aws.amazon.com' };
const GOV_CLOUD: Partition = { id: 'aws-us-gov', consoleHost: 'console.amazonaws-us-gov.com' };
const CHINA: Partition = { id: 'aws-cn', consoleHost: 'console.amazonaws.cn' };

/**
 * The partition of a region, by its code. What AWS's endpoints are called, Organizations' one region of each partition
 * among them, the SDK knows.
 */
export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return GOV_CLOUD;
  return region.startsWith('cn-') ? CHINA : COMMERCIAL;
}
