import type { LoadHandler } from '../lambda/function.ts';
import type { StackServices } from '../cloudformation/resources/context.ts';
import { DeployedStack } from '../cloudformation/stack.ts';

export interface HubDeployment {
  /** The packaged template: its text, or what it parses to. */
  readonly template: unknown;
  readonly accountId: string;
  readonly region: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stackName?: string;
  /** Loads a handler's file by its path from the package's root: `handlers/intake`. */
  readonly loadHandler: LoadHandler;
  /** Reads a file of the package: `policy.yaml`. */
  readonly readFile: (path: string) => string;
  readonly fetch: typeof globalThis.fetch;
}

/** Deploys the hub's template, with the code of its functions. */
export function deployHub(services: StackServices, deployment: HubDeployment): DeployedStack {
  const { loadHandler, readFile, fetch, stackName = 'autopeer', ...rest } = deployment;
  return new DeployedStack(services, { ...rest, stackName, code: { loadHandler, readFile, fetch } });
}
