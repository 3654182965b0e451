import type { Place } from './ec2-calls.ts';
import type { Path } from './world-fault.ts';

/** A VPC of the file, and where it is now. */
export interface PlacedVpc extends Place {
  readonly vpcId: string;
}

/** Does a part of the work; what EC2 refuses becomes a finding at this path. */
export type Attempt = <Result>(path: Path, work: () => Result) => Result | undefined;
