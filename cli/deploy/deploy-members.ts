import { CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { call } from '../../shared/aws/calls.ts';
import type { ExitCode, Io } from '../io.ts';
import { MAX_ATTEMPTS, type DeployPlatform } from './deploy-hub.ts';
import { differenceOf } from './difference.ts';
import { membersName, membersTemplate } from './members-template.ts';
import { readInstances } from './stack-instances.ts';
import { NamedStack, StackFailure } from './stack.ts';
import { outputOf, sayOn, tellFailure, type Say } from './words.ts';

/** What is wished of the member stacks of an organization. */
export interface OrganizationWish {
  /** The hub's name: autopeer-prod. */
  readonly name: string;
  /** The hub's region, where the stack set is kept. */
  readonly region: string;
  /** The hub's bus; nothing while there is none, which a plan takes. */
  readonly busArn: string | undefined;
  /** The policy's regions. */
  readonly regions: readonly string[];
  /** OUs; the whole organization where none is named. */
  readonly units: readonly string[];
  readonly mayDelete: boolean;
  /** The ARN of those who may read in every account. */
  readonly readers: string | undefined;
  /** Whether the organization has AWS's policies for a data perimeter. */
  readonly dataPerimeter?: boolean | undefined;
  /** Credentials of the management account; the hub's account as a delegated administrator where they are left out. */
  readonly profile: string | undefined;
  readonly isPlan: boolean;
  confirm(question: string): Promise<boolean>;
}

const HINT = `CloudFormation needs trusted access to the organization, and the hub's account must be its delegated administrator.
In the management account, once:
  aws cloudformation activate-organizations-access
  aws organizations register-delegated-administrator --account-id HUB \\
    --service-principal member.org.stacksets.cloudformation.amazonaws.com
Or give credentials of the management account: --members-profile NAME. The hub stays as it is.`;

/** Gives every account below the units its member stack, by a stack of its own, and says how it went by account. */
export async function deployMembers(
  wish: OrganizationWish,
  io: Io,
  { transport, clock }: DeployPlatform,
): Promise<ExitCode> {
  const say = sayOn(io);
  const config = {
    ...transport,
    region: wish.region,
    maxAttempts: MAX_ATTEMPTS,
    ...(wish.profile === undefined ? {} : { profile: wish.profile }),
  };
  const [client, organizations] = [new CloudFormationClient(config), new OrganizationsClient(config)];
  try {
    const { memberTemplate } = await io.installation.hubCode();
    const stack = new NamedStack(client, membersName(wish.name), clock, say);
    const units = wish.units.length > 0 ? wish.units : [await rootOf(organizations)];
    const isThere = await change({ ...wish, units }, memberTemplate, stack, say);
    if (!isThere) return 0;
    const { lines, isGood } = await readInstances(client, membersName(wish.name), callAsOf(wish));
    for (const line of lines) say(line);
    return isGood ? 0 : 1;
  } catch (error) {
    const exitCode = tellFailure(error, say);
    if (error instanceof StackFailure) for (const line of HINT.split('\n')) say(line);
    return exitCode;
  } finally {
    client.destroy();
    organizations.destroy();
  }
}

const callAsOf = ({ profile }: OrganizationWish) => (profile === undefined ? 'DELEGATED_ADMIN' : 'SELF');

async function rootOf(client: OrganizationsClient): Promise<string> {
  const { Roots: [root] = [] } = await call('ListRoots', 'the organization', () =>
    client.send(new ListRootsCommand({})),
  );
  if (root?.Id === undefined) throw new StackFailure('the organization has no root');
  return root.Id;
}

/** @returns whether the stack is there afterwards */
async function change(
  wish: OrganizationWish,
  memberTemplate: string,
  stack: NamedStack,
  say: Say,
): Promise<boolean> {
  const { isPlan, name, busArn = '', units, mayDelete, readers, dataPerimeter } = wish;
  const found = isPlan ? await stack.find() : await stack.clearFailedCreate((text) => wish.confirm(text));
  const homeRegion = homeOf(found, wish);
  // The roles are in the home region: a policy that no longer governs it must not take them away.
  const regions = [...new Set([...wish.regions, homeRegion])].toSorted();
  const callAs = callAsOf(wish);
  const template = membersTemplate({
    name,
    busArn,
    homeRegion,
    mayDelete,
    readers,
    dataPerimeter,
    callAs,
    units,
    regions,
    memberTemplate,
  });
  const where = `${units.join(', ')} in ${regions.join(', ')}`;
  if (found === undefined) {
    say(`  +  Members (AWS::CloudFormation::StackSet): each account below ${where}`);
    if (isPlan || !(await wish.confirm(`Give each account below ${where} the member stack?`))) return false;
    await stack.create(template);
    return true;
  }
  if (busArn === '') return true;
  const { isSame } = differenceOf(await stack.template(), template);
  if (isSame) {
    say('the members are as they should be: nothing changes');
    return true;
  }
  say(
    `  ~  Members (AWS::CloudFormation::StackSet): each account below ${where}; an account elsewhere loses it`,
  );
  if (isPlan || !(await wish.confirm(`Change the member stacks, which only accounts below ${where} keep?`))) {
    say('the members were not changed');
    return true;
  }
  if ((await stack.prepare({ TemplateBody: template })) !== undefined) await stack.execute();
  return true;
}

/** Where the roles are, or will be: the hub's region where it is governed. */
function homeOf(found: Stack | undefined, { regions, region }: OrganizationWish): string {
  const known = found === undefined ? undefined : outputOf(found, 'HomeRegion');
  return known ?? homeRegionOf(regions, region);
}

/** The region of the roles where nothing is there yet. */
export const homeRegionOf = (regions: readonly string[], hubRegion: string): string =>
  regions.includes(hubRegion) ? hubRegion : (regions.toSorted()[0] ?? hubRegion);
