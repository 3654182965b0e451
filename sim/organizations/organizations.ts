import type {
  DescribeAccountRequest,
  DescribeAccountResponse,
  DescribeOrganizationalUnitRequest,
  DescribeOrganizationalUnitResponse,
  DescribeOrganizationResponse,
  ListAccountsForParentRequest,
  ListAccountsForParentResponse,
  ListAccountsRequest,
  ListAccountsResponse,
  ListChildrenRequest,
  ListChildrenResponse,
  ListOrganizationalUnitsForParentRequest,
  ListOrganizationalUnitsForParentResponse,
  ListParentsRequest,
  ListParentsResponse,
  ListRootsRequest,
  ListRootsResponse,
} from '@aws-sdk/client-organizations';

import type { OrganizationAccount, OrganizationalUnit, SimulatedOrganization } from './organization.ts';
import { organizationChanges } from './changes.ts';
import { wireAccount, wireUnit } from './wire-shapes.ts';
import { action, AwsError, type Action, type ActionTable } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
const HIGHEST_MAX_RESULTS = 20;

/** Simulated AWS Organizations: one endpoint, whatever the region. */
export function organizationsActions(organization: SimulatedOrganization): ActionTable {
  const read = <Input, Output>(run: (input: Input) => Output): Action =>
    action<Input, Output>({
      mutates: false,
      run: (call, input) => {
        if (organization.mayRead(call.caller.accountId)) return run(input);
        throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");
      },
    });
  return {
    ...lookups(organization, read),
    ...lists(organization, read),
    ...organizationChanges(organization),
  };
}

type Read = <Input, Output>(run: (input: Input) => Output) => Action;

function lookups(organization: SimulatedOrganization, read: Read): ActionTable {
  const { id, managementAccountId: management } = organization;
  return {
    DescribeOrganization: action<object, DescribeOrganizationResponse>({
      mutates: false,
      run: (call) => {
        // Every member may ask for this one.
        if (organization.idOf(call.caller.accountId) === undefined) {
          throw new AwsError(
            'AWSOrganizationsNotInUseException',
            'Your account is not a member of an organization.',
          );
        }
        return {
          Organization: {
            Id: id,
            Arn: organization.arn(`organization/${id}`),
            FeatureSet: 'ALL',
            MasterAccountArn: organization.arn(`account/${id}/${management}`),
            MasterAccountId: management,
          },
        };
      },
    }),
    DescribeAccount: read<DescribeAccountRequest, DescribeAccountResponse>(({ AccountId = '' }) => {
      const account = organization.accounts.get(AccountId);
      if (account === undefined) {
        throw new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
      }
      return { Account: wireAccount(organization, account) };
    }),
    DescribeOrganizationalUnit: read<DescribeOrganizationalUnitRequest, DescribeOrganizationalUnitResponse>(
      ({ OrganizationalUnitId = '' }) => {
        const unit = organization.units.get(OrganizationalUnitId);
        if (unit === undefined) {
          throw new AwsError(
            'OrganizationalUnitNotFoundException',
            "You specified an organizational unit that doesn't exist.",
          );
        }
        return { OrganizationalUnit: wireUnit(organization, unit) };
      },
    ),
    ListParents: read<ListParentsRequest, ListParentsResponse>(({ ChildId = '' }) => {
      const child = organization.accounts.get(ChildId) ?? organization.units.get(ChildId);
      if (child === undefined) {
        throw new AwsError('ChildNotFoundException', "You specified a child that doesn't exist.");
      }
      const isRoot = child.parentId === organization.rootId;
      return { Parents: [{ Id: child.parentId, Type: isRoot ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }] };
    }),
    ListRoots: read<ListRootsRequest, ListRootsResponse>(() => ({
      Roots: [
        {
          Id: organization.rootId,
          Arn: organization.arn(`root/${id}/${organization.rootId}`),
          Name: 'Root',
          PolicyTypes: [],
        },
      ],
    })),
  };
}

function lists(organization: SimulatedOrganization, read: Read): ActionTable {
  const accountsOf = (parentId: string): OrganizationAccount[] =>
    [...organization.accounts.values()].filter((account) => account.parentId === parentId);
  const unitsOf = (parentId: string): OrganizationalUnit[] =>
    [...organization.units.values()].filter((unit) => unit.parentId === parentId);
  const assertParent = (parentId: string): void => {
    if (parentId === organization.rootId || organization.units.has(parentId)) return;
    throw new AwsError(
      'ParentNotFoundException',
      "You specified a root or organizational unit that doesn't exist.",
    );
  };
  return {
    ListAccounts: read<ListAccountsRequest, ListAccountsResponse>((input) => {
      const { items, next } = page([...organization.accounts.values()], organization.pageSize, input);
      return { Accounts: items.map((account) => wireAccount(organization, account)), ...next };
    }),
    ListAccountsForParent: read<ListAccountsForParentRequest, ListAccountsForParentResponse>((input) => {
      assertParent(input.ParentId ?? '');
      const { items, next } = page(accountsOf(input.ParentId ?? ''), organization.pageSize, input);
      return { Accounts: items.map((account) => wireAccount(organization, account)), ...next };
    }),
    ListOrganizationalUnitsForParent: read<
      ListOrganizationalUnitsForParentRequest,
      ListOrganizationalUnitsForParentResponse
    >((input) => {
      assertParent(input.ParentId ?? '');
      const { items, next } = page(unitsOf(input.ParentId ?? ''), organization.pageSize, input);
      return { OrganizationalUnits: items.map((unit) => wireUnit(organization, unit)), ...next };
    }),
    ListChildren: read<ListChildrenRequest, ListChildrenResponse>((input) => {
      const parentId = input.ParentId ?? '';
      assertParent(parentId);
      const type = input.ChildType ?? 'ACCOUNT';
      const children = type === 'ACCOUNT' ? accountsOf(parentId) : unitsOf(parentId);
      const { items, next } = page(children, organization.pageSize, input);
      return { Children: items.map((child) => ({ Id: child.id, Type: type })), ...next };
    }),
  };
}

function page<Item>(
  items: readonly Item[],
  pageSize: number,
  request: { NextToken?: string | undefined; MaxResults?: number | undefined },
): { items: Item[]; next: { NextToken?: string } } {
  const { MaxResults: max = HIGHEST_MAX_RESULTS, NextToken: token } = request;
  if (max < 1 || max > HIGHEST_MAX_RESULTS) {
    throw new AwsError(
      'InvalidInputException',
      `You specified an invalid value. ${max < 1 ? 'MIN_VALUE_EXCEEDED' : 'MAX_VALUE_EXCEEDED'}`,
    );
  }
  return pageOfList(items, Math.min(max, pageSize), token, () => {
    throw new AwsError('InvalidInputException', 'You specified an invalid value. INVALID_NEXT_TOKEN');
  });
}
