import type {
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  GetRoleRequest,
  GetRoleResponse,
} from '@aws-sdk/client-iam';

import { formatArn, parseArn } from '../arn.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import type { Role, SimulatedIam } from './iam.ts';

/** What people read of roles. Roles come from stacks. */
export function iamActions(iam: SimulatedIam): ActionTable {
  const resources = ({ caller }: Call, { RoleName = '' }: { RoleName?: string | undefined }) => [
    iam.roleNamed(caller.accountId, RoleName)?.arn ??
      formatArn('iam', '', caller.accountId, `role/${RoleName}`, parseArn(caller.arn)?.partition ?? 'aws'),
  ];
  const found = ({ caller }: Call, name: string | undefined): Role => {
    const role = iam.roleNamed(caller.accountId, name ?? '');
    if (role !== undefined) return role;
    throw noSuchEntity(`The role with name ${name} cannot be found.`);
  };
  return {
    GetRole: action<GetRoleRequest, GetRoleResponse>({
      mutates: false,
      resources,
      run: (call, { RoleName }) => {
        const role = found(call, RoleName);
        return {
          Role: {
            Path: /^[^/]*(\/(?:.*\/)?)/.exec(role.arn)?.[1] ?? '/',
            RoleName: role.name,
            RoleId: 'AROA0123456789ABCDEF0',
            Arn: role.arn,
            CreateDate: new Date(0),
            AssumeRolePolicyDocument: encoded(role.trustDocument),
            MaxSessionDuration: role.maxSessionSeconds,
          },
        };
      },
    }),
    GetRolePolicy: action<GetRolePolicyRequest, GetRolePolicyResponse>({
      mutates: false,
      resources,
      run: (call, { RoleName, PolicyName = '' }) => {
        const role = found(call, RoleName);
        const document = role.documents.get(PolicyName);
        if (document === undefined) {
          throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
        }
        return { RoleName: role.name, PolicyName, PolicyDocument: encoded(document) };
      },
    }),
  };
}

/** "The policies returned by this operation are URL-encoded compliant with RFC 3986." */
const encoded = (document: unknown): string => encodeURIComponent(JSON.stringify(document));

const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, 404);
