import { type CompiledPolicy, type CompiledRule, ruleAt } from './compile.ts';
import { type Judged, matchRules } from './match.ts';
import type { Ends } from './pair-index.ts';
import { type Fit, isNearer, type SideTrace, sumOf, Tracer } from './trace.ts';

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
 * The allow rule that misses by the fewest of the conditions that it states; among equals the one of which more holds
 * already, then the first by name. Looks at every rule, which is why it is done only when somebody reads the reason.
 */
export function nearestRule(policy: CompiledPolicy, judged: Judged): TracedRule | undefined {
  const tracers = tracersOf(policy, judged);
  let nearest: AnyRule | undefined;
  let best: Fit | undefined;
  for (const rule of policy.allow.rules) {
    for (const way of rule.ends) {
      const fit = fitOf(tracers, way);
      if (best !== undefined && !isNearer(fit, best)) continue;
      best = fit;
      nearest = rule;
    }
  }
  return nearest === undefined ? undefined : trace(tracers, nearest);
}

/** The rule that would allow the same peering if the other side asked for it. */
export interface OtherWayRound {
  readonly rule: string;
  readonly needsApproval: boolean;
}

/** The commonest error of people: the request goes the wrong way. `undefined` where that way nothing allows it either. */
export function otherWayRound(policy: CompiledPolicy, judged: Judged): OtherWayRound | undefined {
  const { denied, perhapsDenied, allowed, approvals } = matchRules(policy, {
    requester: judged.accepter,
    accepter: judged.requester,
  });
  const rank = allowed ?? approvals[0];
  if (denied !== undefined || perhapsDenied !== undefined || rank === undefined) return undefined;
  const { name, approval } = ruleAt(policy.allow, rank).rule;
  return { rule: name, needsApproval: approval !== undefined };
}

const fitOf = ({ requester, accepter }: Tracers, way: Ends): Fit =>
  sumOf(requester.fit(way.requester), accepter.fit(way.accepter));

function trace(tracers: Tracers, { rule, ends }: AnyRule): TracedRule {
  const [first, second] = ends;
  if (first === undefined) throw new Error('a rule has ends');
  const isSecond = second !== undefined && isNearer(fitOf(tracers, second), fitOf(tracers, first));
  const best = isSecond ? second : first;
  return {
    rule: rule.name,
    requester: tracers.requester.trace(best.requester, 'requester'),
    accepter: tracers.accepter.trace(best.accepter, 'accepter'),
  };
}
