import type { StackServices } from '../cloudformation/resources/context.ts';
import { DeployedStack } from '../cloudformation/stack.ts';

export interface MemberDeployment {
  /** The template's text, or what it parses to. */
  readonly template: unknown;
  readonly accountId: string;
  readonly region: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stackName?: string;
}

/** Deploys the member's template to one account and region, as an instance of a stack set. It has no functions. */
export function deployMember(services: StackServices, deployment: MemberDeployment): DeployedStack {
  return new DeployedStack(services, { stackName: 'autopeer-member', ...deployment });
}
