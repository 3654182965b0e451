import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { given } from '../given.ts';
import { MOTO_CREDENTIALS } from './clients.ts';

/** An account of the organization in a unit of its own. */
export interface Member {
  readonly accountId: string;
  readonly ouId: string;
}

/**
 * Makes an organization with a member account for each name; moto chooses the ids.
 *
 * moto answers only its management account, so the hub is there. On AWS it is a delegated administrator:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
 */
export async function createOrganization<Name extends string>(
  url: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, Member>>> {
  const client = new OrganizationsClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: MOTO_CREDENTIALS,
  });
  await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const rootId = given((await client.send(new ListRootsCommand({}))).Roots?.[0]?.Id);
  const members: Partial<Record<Name, Member>> = {};
  for (const name of names) members[name] = await createMember(client, rootId, name);
  return requireAll(members, names);
}

async function createMember(client: OrganizationsClient, rootId: string, name: string): Promise<Member> {
  const unit = await client.send(new CreateOrganizationalUnitCommand({ ParentId: rootId, Name: name }));
  const ouId = given(unit.OrganizationalUnit?.Id);
  const account = await client.send(
    new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` }),
  );
  const accountId = given(account.CreateAccountStatus?.AccountId);
  await client.send(
    new MoveAccountCommand({ AccountId: accountId, SourceParentId: rootId, DestinationParentId: ouId }),
  );
  return { accountId, ouId };
}

function requireAll<Name extends string>(
  members: Partial<Record<Name, Member>>,
  names: readonly Name[],
): Readonly<Record<Name, Member>> {
  const isWhole = (some: Partial<Record<Name, Member>>): some is Record<Name, Member> =>
    names.every((name) => some[name] !== undefined);
  if (!isWhole(members)) throw new Error('an account is missing');
  return members;
}
