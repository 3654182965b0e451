import { formatArn } from '../arn.ts';
import { action, AwsError, type Action, type Call } from '../types.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html: DryRun */
const DRY_RUN_STATUS = 412;

/** An EC2 action. A dry run ends here: whether the caller may do it is settled before, and nothing is changed. */
export function ec2Action<Input extends object, Output>(definition: {
  mutates: boolean;
  resources?: (call: Call, input: Input) => readonly string[];
  run: (call: Call, input: Input) => Output;
}): Action {
  return action<Input, Output>({
    ...definition,
    run: (call, input) => {
      if ('DryRun' in input && input.DryRun === true) {
        throw new AwsError(
          'DryRunOperation',
          'Request would have succeeded, but DryRun flag is set.',
          DRY_RUN_STATUS,
        );
      }
      return definition.run(call, input);
    },
  });
}

/** Resource types as they stand in ARNs and tag specifications. */
export type ResourceType =
  | 'vpc'
  | 'subnet'
  | 'route-table'
  | 'internet-gateway'
  | 'network-acl'
  | 'network-interface'
  | 'security-group'
  | 'security-group-rule'
  | 'vpc-peering-connection'
  | 'prefix-list'
  | 'vpn-gateway';

/** The ARN that IAM checks a permission on; `*` stands for a resource that is still to be created. */
export const arnOf = (call: Call, type: ResourceType, id = '*'): string =>
  formatArn('ec2', call.region, call.caller.accountId, `${type}/${id}`);
