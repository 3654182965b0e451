import type {
  DeleteRolePolicyRequest,
  DeleteRoleRequest,
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  GetRoleRequest,
  GetRoleResponse,
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListRolePoliciesRequest,
  ListRolePoliciesResponse,
} from '@aws-sdk/client-iam';

import { formatArn, parseArn } from '../arn.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import type { Role, SimulatedIam } from './iam.ts';

/** What people read of roles, and how they delete one. Roles come from stacks; no managed policy is attached to one. */
export const iamActions = (iam: SimulatedIam): ActionTable => ({
  ...readingActions(rolesOf(iam)),
  ...deletingActions(iam, rolesOf(iam)),
});

/** The role that a call is about. */
function rolesOf(iam: SimulatedIam) {
  const resources = ({ caller }: Call, { RoleName = '' }: { RoleName?: string | undefined }) => [
    iam.roleNamed(caller.accountId, RoleName)?.arn ??
      formatArn('iam', '', caller.accountId, `role/${RoleName}`, parseArn(caller.arn)?.partition ?? 'aws'),
  ];
  const found = ({ caller }: Call, name: string | undefined): Role => {
    const role = iam.roleNamed(caller.accountId, name ?? '');
    if (role !== undefined) return role;
    throw noSuchEntity(`The role with name ${name} cannot be found.`);
  };
  return { resources, found };
}

type Roles = ReturnType<typeof rolesOf>;

function readingActions({ resources, found }: Roles): ActionTable {
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
    ListRolePolicies: action<ListRolePoliciesRequest, ListRolePoliciesResponse>({
      mutates: false,
      resources,
      run: (call, { RoleName }) => ({
        PolicyNames: [...found(call, RoleName).documents.keys()].toSorted(),
        IsTruncated: false,
      }),
    }),
    ListAttachedRolePolicies: action<ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse>({
      mutates: false,
      resources,
      run: (call, { RoleName }) => {
        found(call, RoleName);
        return { AttachedPolicies: [], IsTruncated: false };
      },
    }),
    ListInstanceProfilesForRole: action<
      ListInstanceProfilesForRoleRequest,
      ListInstanceProfilesForRoleResponse
    >({
      mutates: false,
      resources,
      run: (call, { RoleName }) => {
        found(call, RoleName);
        return { InstanceProfiles: [], IsTruncated: false };
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

function deletingActions(iam: SimulatedIam, { resources, found }: Roles): ActionTable {
  return {
    DeleteRolePolicy: action<DeleteRolePolicyRequest, object>({
      mutates: true,
      resources,
      run: (call, { RoleName, PolicyName = '' }) => {
        const role = found(call, RoleName);
        if (!iam.deleteRolePolicy(role.arn, PolicyName)) {
          throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
        }
        return {};
      },
    }),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    DeleteRole: action<DeleteRoleRequest, object>({
      mutates: true,
      resources,
      run: (call, { RoleName }) => {
        const role = found(call, RoleName);
        if (role.documents.size > 0) {
          throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
        }
        iam.deleteRole(role.arn);
        return {};
      },
    }),
  };
}

/** "The policies returned by this operation are URL-encoded compliant with RFC 3986." */
const encoded = (document: unknown): string => encodeURIComponent(JSON.stringify(document));

const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, 404);
