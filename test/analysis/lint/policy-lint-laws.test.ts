import fc from 'fast-check';
import { organizationOf } from '../../../analysis/snapshot/organization.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import type { PolicyRequest, PolicySide } from '../../../shared/domain/policy/decision/side.ts';
import { findIdleDenies } from '../../../analysis/lint/hits.ts';
import { findUselessRules, type OuNesting, type RuleFinding } from '../../../analysis/lint/overlaps.ts';
import { rulesWithWays } from '../../../analysis/lint/ways.ts';
import { parseSnapshot } from '../../../analysis/snapshot/snapshot.ts';
import {
  type Choices,
  compiled,
  drawFile,
  drawn,
  drawRequest,
  WORLD,
} from '../../support/policy-arbitraries.ts';
import { interpret } from '../../support/policy-interpreter.ts';
import { lawRuns } from '../../support/law-runs.ts';

/** 10,000 pairs of a policy and a request. */
const RUNS = { numRuns: lawRuns(1_250, 600), seed: 20_261_124 } as const;
const REQUESTS = 8;

const [GRANDPARENT, PARENT, CHILD] = WORLD.ous;
const PARENTS: ReadonlyMap<string, string> = new Map([
  [CHILD ?? '', PARENT ?? ''],
  [PARENT ?? '', GRANDPARENT ?? ''],
]);

function ancestors(ou: string): readonly string[] {
  const parent = PARENTS.get(ou);
  return parent === undefined ? [ou] : [ou, ...ancestors(parent)];
}

const NO_NESTING: OuNesting = { ancestors: () => [], within: () => false };
const NESTED: OuNesting = { ancestors, within: (inner, outer) => ancestors(inner).includes(outer) };

/** A side whose account is under whole branches of the tree of OUs, as in a real organization. */
function inTree(side: PolicySide): PolicySide {
  if (side.membership.kind === 'external') return side;
  const above: ReadonlySet<string> = new Set(side.membership.ous.flatMap(ancestors));
  return { ...side, membership: { kind: 'member', ous: WORLD.ous.filter((ou) => above.has(ou)) } };
}

const file = drawn(drawFile);
const requests = drawn((choices) => Array.from({ length: REQUESTS }, () => drawRequest(choices)));

/** Whether the rule, alone in the policy, surely matches: by the plain interpreter. */
function matches(policy: CompiledPolicy, name: string, request: PolicyRequest): boolean {
  const only = <Rule extends { readonly name: string }>(rules: readonly Rule[]): readonly Rule[] =>
    rules.filter((rule) => rule.name === name);
  const { allow, deny } = policy.model;
  const alone = { ...policy, model: { ...policy.model, allow: only(allow), deny: only(deny) } };
  const { rule, code } = interpret(alone, request);
  return rule === name && code !== 'facts-unknown';
}

type Counts = Record<'claims' | 'matched', Record<RuleFinding['code'], number>>;

const noCounts = (): Counts => ({
  claims: { 'never-matches': 0, covered: 0, 'cancelled-by-deny': 0, 'deny-hits-nothing': 0 },
  matched: { 'never-matches': 0, covered: 0, 'cancelled-by-deny': 0, 'deny-hits-nothing': 0 },
});

function holdsWhatLintClaims(nesting: OuNesting, asIs: (side: PolicySide) => PolicySide): Counts {
  const counts = noCounts();
  fc.assert(
    fc.property(file, requests, (given, asked) => {
      const policy = compiled(given);
      for (const { code, rule, by } of findUselessRules(rulesWithWays(policy), nesting)) {
        counts.claims[code] += 1;
        for (const { requester, accepter } of asked) {
          const request = { requester: asIs(requester), accepter: asIs(accepter) };
          if (!matches(policy, rule, request)) continue;
          counts.matched[code] += 1;
          // What never matches would be here by nobody.
          expect(by.filter((other) => matches(policy, other, request))).not.toEqual([]);
        }
      }
    }),
    RUNS,
  );
  return counts;
}

it.each([
  ['on its own', NO_NESTING, (side: PolicySide) => side],
  ['in an organization whose OUs nest', NESTED, inTree],
])('what the lint claims of a policy %s holds for every request', (_, nesting, asIs) => {
  const { claims, matched } = holdsWhatLintClaims(nesting, asIs);
  // Otherwise the law would be kept by saying nothing.
  expect(claims['never-matches']).toBeGreaterThan(100);
  expect(claims.covered).toBeGreaterThan(100);
  expect(claims['cancelled-by-deny']).toBeGreaterThan(100);
  expect(matched.covered).toBeGreaterThan(100);
  expect(matched['cancelled-by-deny']).toBeGreaterThan(100);
});

/** A snapshot of the small world: OUs in a row, accounts and VPCs anywhere. */
const snapshot = drawn((choices: Choices) => {
  const [, ...accounts] = WORLD.accounts;
  return parseSnapshot({
    version: 1,
    takenAt: '2026-11-20T06:00:00Z',
    ous: WORLD.ous.map((id) => ({ id, name: id, parent: PARENTS.get(id) ?? null })),
    accounts: accounts.map((id) => ({
      id,
      name: id,
      ou: choices.chance(70) ? choices.one(WORLD.ous) : null,
    })),
    vpcs: WORLD.vpcs.map((id) => ({
      id,
      accountId: choices.one(accounts),
      region: choices.one(WORLD.regions),
      cidrs: choices.some(WORLD.cidrs, 3),
      tags: choices.chance(50) ? { [choices.one(WORLD.tagKeys)]: choices.one(WORLD.tagValues) } : {},
    })),
    peerings: [],
  });
});

it('a deny that is said to hit nothing stops no pair of VPCs of the snapshot', () => {
  let claims = 0;
  fc.assert(
    fc.property(file, snapshot, (given, taken) => {
      const policy = compiled(given);
      const organization = organizationOf(taken);
      for (const { rule } of findIdleDenies(policy, organization)) {
        claims += 1;
        for (const requester of organization.vpcs) {
          for (const accepter of organization.vpcs) {
            if (requester !== accepter) expect(matches(policy, rule, { requester, accepter })).toBe(false);
          }
        }
      }
    }),
    { ...RUNS, numRuns: lawRuns(1_500, 700) },
  );
  expect(claims).toBeGreaterThan(100);
});
