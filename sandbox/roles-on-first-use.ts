import type { SimulatedIam } from '../sim/iam/iam.ts';
import type { Call } from '../sim/types.ts';
import { NAME } from '../sim/world/world.ts';

const ROLE_ARN = /^arn:aws(?:-us-gov|-cn)?:iam::(\d{12}):role(\/|\/[\w+=,.@/-]+\/)([\w+=,.@-]{1,64})$/;
const EVERYTHING = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const ANYBODY = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
};

/**
 * A role that the world does not have comes into being when an administrator assumes it: it may do everything in
 * its account. Roles themselves (autopeer's functions) are refused as on AWS, and autopeer's own roles come from
 * its stacks only.
 */
export function addRoleOnFirstUse(iam: SimulatedIam, call: Call, input: unknown): void {
  if (call.service !== 'sts' || call.action !== 'AssumeRole' || call.caller.roleArn !== undefined) return;
  const arn: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'RoleArn') : undefined;
  if (typeof arn !== 'string' || iam.role(arn) !== undefined) return;
  const [, accountId, path, name] = ROLE_ARN.exec(arn) ?? [];
  if (accountId === undefined || path === undefined || name === undefined) return;
  if (name.startsWith(`${NAME}-`) || iam.roleNamed(accountId, name) !== undefined) return;
  iam.putRolePolicy(iam.createRole(accountId, name, ANYBODY, { path }).arn, 'everything', EVERYTHING);
}
