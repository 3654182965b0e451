import { at, type Library, type Translated, type Workload } from './engine.ts';
import { REGIONS } from './organization.ts';
import type { Answer, Rule, RuleSide } from './rules.ts';

/**
 * autopeer as the functions use it: the policy file's text is loaded once, and each request is decided from its plain
 * facts. The clock takes in the parsing of the request's CIDRs; a decision's reason is not read.
 */
export function translateForAutopeer(workload: Workload): Translated {
  const text = policyText(workload);
  return { open: () => openAutopeer(text, workload) };
}

async function openAutopeer(text: string, { requests }: Workload): Promise<Library> {
  const { loadPolicy } = await import('../../shared/domain/policy/language/load.ts');
  const { decide } = await import('../../shared/domain/policy/decision/decide.ts');
  const load: Library['load'] = () => {
    const loaded = loadPolicy(text);
    if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(({ message }) => message).join('\n'));
    const policy = loaded.policies.whole();
    return {
      kind: 'sync',
      decide: (request): Answer => {
        const { kind, rule } = decide(policy, at(requests, request));
        if (kind === 'ignore') throw new Error('each request of the bench is governed');
        return { kind, rule };
      },
    };
  };
  return { load };
}

/** Every JSON value is also a YAML value: one rule a line. */
function policyText({ rules, groups }: Workload): string {
  const section = (effects: readonly Rule['effect'][]): string[] =>
    rules
      .filter(({ effect }) => effects.includes(effect))
      .map((rule) => `  - ${JSON.stringify(ruleOf(rule))}`);
  return [
    'version: 1',
    `regions: [${REGIONS.join(', ')}]`,
    'groups:',
    ...[...groups].map(([name, selector]) => `  ${name}: ${JSON.stringify(selector)}`),
    'defaults: { unmatched: hold }',
    'allow:',
    ...section(['allow', 'approve']),
    'deny:',
    ...section(['deny']),
    '',
  ].join('\n');
}

function ruleOf({ name, effect, between, one, other }: Rule): unknown {
  const side = ({ group, selector }: RuleSide): unknown => group ?? selector;
  const ends = between
    ? { between: [side(one), side(other)] }
    : { requester: side(one), accepter: side(other) };
  return { name, ...ends, ...(effect === 'approve' && { approval: 'required' }) };
}
