import type { CompiledPolicy, CompiledRule } from './compile.ts';
import { bestEnds, type Judged } from './match.ts';
import { type SideTrace, Tracer } from './trace.ts';

/** A rule with why its two sides match or do not. */
export interface TracedRule {
  readonly rule: string;
  readonly requester: SideTrace;
  readonly accepter: SideTrace;
}

type AnyRule = CompiledRule<{ readonly name: string }>;

interface Tracers {
  readonly requester: Tracer;
  readonly accepter: Tracer;
}

function tracersOf({ selectors }: CompiledPolicy, judged: Judged): Tracers {
  return {
    requester: new Tracer(selectors.nodes, judged.requester.judgement),
    accepter: new Tracer(selectors.nodes, judged.accepter.judgement),
  };
}

/** Why the rule matches or does not, by the way round that fits best. */
export function traceRule(policy: CompiledPolicy, judged: Judged, rule: AnyRule): TracedRule {
  return trace(tracersOf(policy, judged), rule);
}

/**
 * The allow rule that lacks the least to match; the first by name among equals. Looks at every rule, which is why it
 * is done only when somebody reads the reason.
 */
export function nearestRule(policy: CompiledPolicy, judged: Judged): TracedRule | undefined {
  const tracers = tracersOf(policy, judged);
  let nearest: AnyRule | undefined;
  let least = Infinity;
  for (const rule of policy.allow.rules) {
    for (const { requester, accepter } of rule.ends) {
      const cost = tracers.requester.cost(requester) + tracers.accepter.cost(accepter);
      if (cost >= least) continue;
      least = cost;
      nearest = rule;
    }
  }
  return nearest === undefined ? undefined : trace(tracers, nearest);
}

function trace({ requester, accepter }: Tracers, { rule, ends }: AnyRule): TracedRule {
  const best = bestEnds(ends, (way) => requester.cost(way.requester) + accepter.cost(way.accepter));
  return {
    rule: rule.name,
    requester: requester.trace(best.requester, 'requester'),
    accepter: accepter.trace(best.accepter, 'accepter'),
  };
}
