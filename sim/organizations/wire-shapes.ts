import type { Account, OrganizationalUnit as WireUnit } from '@aws-sdk/client-organizations';
import type { OrganizationAccount, OrganizationalUnit, SimulatedOrganization } from './organization.ts';

export function wireAccount(organization: SimulatedOrganization, account: OrganizationAccount): Account {
  const { id } = organization;
  return {
    Id: account.id,
    Arn: organization.arn(`account/${id}/${account.id}`),
    Email: account.email,
    Name: account.name,
    State: account.status,
    ...(organization.tellsPaths && { Paths: [`${organization.pathOf(account.parentId)}${account.id}/`] }),
    JoinedMethod: 'CREATED',
  };
}

export function wireUnit(organization: SimulatedOrganization, unit: OrganizationalUnit): WireUnit {
  const { id } = organization;
  return {
    Id: unit.id,
    Arn: organization.arn(`ou/${id}/${unit.id}`),
    Name: unit.name,
    ...(organization.tellsPaths && { Path: organization.pathOf(unit.id) }),
  };
}
