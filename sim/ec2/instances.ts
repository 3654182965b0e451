import type { DescribeInstancesRequest, DescribeInstancesResult } from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable } from '../types.ts';
import { ec2Action } from './ec2-action.ts';

/** There are none: who resolves a name or looks for an address asks for them, and expects an empty list. */
export const instanceActions: ActionTable = {
  DescribeInstances: ec2Action<DescribeInstancesRequest, DescribeInstancesResult>({
    mutates: false,
    run: (_call, { InstanceIds = [] }) => {
      const [id] = InstanceIds;
      if (id === undefined) return { Reservations: [] };
      throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    },
  }),
};
