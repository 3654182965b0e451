import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { loadPolicy } from '../../shared/domain/policy/language/load.ts';
import { readYaml, type YamlSource } from '../../shared/domain/policy/language/yaml-source.ts';

/** A policy for tests; a faulty one fails the test that wrote it. */
export function policyOf(text: string): CompiledPolicy {
  const loaded = loadPolicy(text);
  if (loaded.kind === 'loaded') return loaded.policies.whole();
  throw new TypeError(loaded.faults.map((fault) => `${fault.line}: ${fault.message}`).join('\n'));
}

/** The values of a policy that is YAML, and where they stand. */
export function sourceOf(text: string): YamlSource {
  const { source } = readYaml(text);
  if (source === undefined) throw new TypeError('this is no YAML');
  return source;
}

/** Accounts of the apps OU may reach those of the shared OU, in two regions. */
export const APPS_TO_SHARED = `
version: 1
regions: [eu-west-1, us-east-1]
groups:
  apps: { ous: [ou-ab12-apps0001] }
  shared: { ous: [ou-ab12-shared01] }
  sandbox: { ous: [ou-ab12-sandbox1] }
allow:
  - { name: apps-to-shared, requester: apps, accepter: shared }
deny:
  - { name: never-sandbox, between: [apps, sandbox], reason: "PCI scope" }
`;
