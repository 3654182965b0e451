import type {
  CloseAccountRequest,
  CreateOrganizationalUnitRequest,
  CreateOrganizationalUnitResponse,
  DeleteOrganizationalUnitRequest,
  MoveAccountRequest,
  UpdateOrganizationalUnitRequest,
  UpdateOrganizationalUnitResponse,
} from '@aws-sdk/client-organizations';
import { action, AwsError, type Action, type ActionTable } from '../types.ts';
import type { OrganizationAccount, OrganizationalUnit, SimulatedOrganization } from './organization.ts';
import { wireUnit } from './wire-shapes.ts';

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html: below the root. */
const MAX_NESTED_UNITS = 5;

/** What changes the organization: only its management account may. */
export function organizationChanges(organization: SimulatedOrganization): ActionTable {
  const change = <Input, Output>(run: (input: Input) => Output): Action =>
    action<Input, Output>({
      mutates: true,
      run: (call, input) => {
        if (call.caller.accountId === organization.managementAccountId) return run(input);
        throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");
      },
    });
  return {
    MoveAccount: change<MoveAccountRequest, object>((input) => move(organization, input)),
    CloseAccount: change<CloseAccountRequest, object>((input) => close(organization, input)),
    CreateOrganizationalUnit: change<CreateOrganizationalUnitRequest, CreateOrganizationalUnitResponse>(
      (input) => createUnit(organization, input),
    ),
    UpdateOrganizationalUnit: change<UpdateOrganizationalUnitRequest, UpdateOrganizationalUnitResponse>(
      (input) => renameUnit(organization, input),
    ),
    DeleteOrganizationalUnit: change<DeleteOrganizationalUnitRequest, object>((input) =>
      deleteUnit(organization, input),
    ),
  };
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_MoveAccount.html */
function move(
  organization: SimulatedOrganization,
  { AccountId = '', SourceParentId = '', DestinationParentId = '' }: MoveAccountRequest,
): object {
  const account = accountOf(organization, AccountId);
  if (!isParent(organization, SourceParentId)) {
    throw new AwsError(
      'SourceParentNotFoundException',
      "We can't find a source root or OU with the ParentId that you specified.",
    );
  }
  if (!isParent(organization, DestinationParentId)) {
    throw new AwsError(
      'DestinationParentNotFoundException',
      "We can't find the destination container (a root or OU) with the ParentId that you specified.",
    );
  }
  // Documented for an account that is not in the organization; of one that is in another OU the page says nothing.
  if (account.parentId !== SourceParentId) throw accountNotFound();
  if (SourceParentId === DestinationParentId) {
    throw new AwsError(
      'DuplicateAccountException',
      'That account is already present in the specified destination.',
    );
  }
  organization.moveAccount(AccountId, DestinationParentId);
  return {};
}

/**
 * The account is pending closure from now on, and does nothing any more.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
 */
function close(organization: SimulatedOrganization, { AccountId = '' }: CloseAccountRequest): object {
  const { status } = accountOf(organization, AccountId);
  if (AccountId === organization.managementAccountId) {
    throw new AwsError('ConstraintViolationException', "You can't close the management account.");
  }
  if (status !== 'ACTIVE') {
    throw new AwsError(
      'AccountAlreadyClosedException',
      'You attempted to close an account that is already closed.',
    );
  }
  organization.closeAccount(AccountId);
  return {};
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html */
function createUnit(
  organization: SimulatedOrganization,
  { Name = '', ParentId = '' }: CreateOrganizationalUnitRequest,
): CreateOrganizationalUnitResponse {
  if (!isParent(organization, ParentId)) {
    throw new AwsError(
      'ParentNotFoundException',
      "We can't find a root or OU with the ParentId that you specified.",
    );
  }
  refuseTaken(organization, Name, ParentId);
  if (depthOf(organization, ParentId) >= MAX_NESTED_UNITS) {
    throw new AwsError(
      'ConstraintViolationException',
      'You attempted to create an OU tree that is too many levels deep.',
    );
  }
  return {
    OrganizationalUnit: wireUnit(
      organization,
      organization.addOrganizationalUnit(Name, { parentId: ParentId }),
    ),
  };
}

/**
 * The new name is the old one's, too: nothing happens then.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_UpdateOrganizationalUnit.html
 */
function renameUnit(
  organization: SimulatedOrganization,
  { OrganizationalUnitId = '', Name }: UpdateOrganizationalUnitRequest,
): UpdateOrganizationalUnitResponse {
  const unit = unitOf(organization, OrganizationalUnitId);
  if (Name === undefined || Name === unit.name) return { OrganizationalUnit: wireUnit(organization, unit) };
  refuseTaken(organization, Name, unit.parentId);
  return { OrganizationalUnit: wireUnit(organization, organization.renameUnit(unit, Name)) };
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_DeleteOrganizationalUnit.html */
function deleteUnit(
  organization: SimulatedOrganization,
  { OrganizationalUnitId = '' }: DeleteOrganizationalUnitRequest,
): object {
  const { id } = unitOf(organization, OrganizationalUnitId);
  const inside = [...organization.accounts.values(), ...organization.units.values()];
  if (inside.some(({ parentId }) => parentId === id)) {
    throw new AwsError(
      'OrganizationalUnitNotEmptyException',
      'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.',
    );
  }
  organization.deleteUnit(id);
  return {};
}

function refuseTaken({ units }: SimulatedOrganization, wanted: string, parent: string): void {
  if (![...units.values()].some(({ name, parentId }) => name === wanted && parentId === parent)) return;
  throw new AwsError('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.');
}

function unitOf({ units }: SimulatedOrganization, id: string): OrganizationalUnit {
  const unit = units.get(id);
  if (unit !== undefined) return unit;
  throw new AwsError(
    'OrganizationalUnitNotFoundException',
    "We can't find an OU with the OrganizationalUnitId that you specified.",
  );
}

const isParent = ({ rootId, units }: SimulatedOrganization, id: string): boolean =>
  id === rootId || units.has(id);

/** How many OUs are above what is in this one, itself included. */
function depthOf({ units }: SimulatedOrganization, parentId: string): number {
  let depth = 0;
  for (let unit = units.get(parentId); unit !== undefined; unit = units.get(unit.parentId)) depth += 1;
  return depth;
}

function accountOf({ accounts }: SimulatedOrganization, id: string): OrganizationAccount {
  const account = accounts.get(id);
  if (account === undefined) throw accountNotFound();
  return account;
}

const accountNotFound = (): AwsError =>
  new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
