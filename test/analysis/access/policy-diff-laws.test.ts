import fc from 'fast-check';
import { SideClassifier } from '../../../analysis/access/classes.ts';
import { diffPolicies, type PairGroup } from '../../../analysis/access/diff.ts';
import { type Outcome, outcomeOf } from '../../../analysis/access/outcome.ts';
import { indexSnapshot, seenUnder } from '../../../analysis/access/snapshot-index.ts';
import { canonicalJson } from '../../../shared/domain/policy/language/canonical.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../../shared/domain/policy/decision/decide.ts';
import type { PolicyFile } from '../../../shared/domain/policy/language/schema.ts';
import type { PolicySide } from '../../../shared/domain/policy/decision/side.ts';
import { lawRuns } from '../../support/law-runs.ts';
import { drawSnapshot } from '../../support/drawn-snapshots.ts';
import { cidr, vpc } from '../../support/policy-builders.ts';
import {
  type Choices,
  compiled,
  drawAllow,
  drawDeny,
  drawFile,
  drawn,
  drawPolicySide,
  WORLD,
} from '../../support/policy-arbitraries.ts';

const RUNS = { numRuns: lawRuns(1_000), seed: 20_261_124 } as const;

/** A policy and what somebody made of it: most rules stay, so that most decisions do. */
function drawChange(choices: Choices): readonly [PolicyFile, PolicyFile] {
  const before = drawFile(choices);
  const { allow = [], deny = [], regions } = before;
  const edits: readonly Partial<PolicyFile>[] = [
    { allow: allow.slice(1) },
    { allow: [...allow, drawAllow(choices, 'added')] },
    { allow: allow.map((rule) => ({ ...rule, name: `${rule.name}-renamed` })) },
    { allow: allow.map((rule) => ({ ...rule, approval: choices.chance(50) ? 'required' : undefined })) },
    { allow: allow.map((rule) => ({ ...rule, connect: { dns: choices.chance(50) } })) },
    { deny: deny.slice(1) },
    { deny: [...deny, drawDeny(choices, 'added')] },
    { regions: choices.chance(50) ? [...WORLD.regions] : regions.slice(0, 1) },
    { defaults: { unmatched: choices.one(['hold', 'reject', 'ignore']) } },
    { guardrails: { unsanctioned: choices.one(['report', 'quarantine', 'delete']) } },
    drawFile(choices),
  ];
  return [before, { ...before, ...choices.one(edits) }];
}

const change = drawn(drawChange);
const snapshot = drawn(drawSnapshot);
const file = drawn(drawFile);
const sides = drawn((choices) => Array.from({ length: 6 }, () => drawPolicySide(choices)));

/** One pair, decided by itself as the hub will. */
function decideOne(policy: CompiledPolicy, requester: PolicySide, accepter: PolicySide): Outcome {
  const regions = new Set(policy.regions);
  const request = { requester: seenUnder(regions, requester), accepter: seenUnder(regions, accepter) };
  return outcomeOf(decide(policy, request));
}

/** Everything that people can see of a decision. */
const asText = (outcome: Outcome): string => canonicalJson(outcome);
const keyOf = (before: Outcome, after: Outcome): string => `${asText(before)} → ${asText(after)}`;

describe('classes', () => {
  it('decide every pair as `decide` does, whatever is unknown', () => {
    fc.assert(
      fc.property(file, sides, (given, drawnSides) => {
        const policy = compiled(given);
        const classifier = new SideClassifier([policy]);
        const { requester, accepter } = classifier.classify(drawnSides);
        drawnSides.forEach((one, from) => {
          drawnSides.forEach((two, to) => {
            const [a, b] = [requester.classOf[from], accepter.classOf[to]];
            if (a === undefined || b === undefined) throw new Error('a side without a class');
            expect(classifier.decide(a, b, 0)).toEqual(decideOne(policy, one, two));
          });
        });
      }),
      RUNS,
    );
  });
});

describe('pain 26: what a change of policy will do is known before', () => {
  it('counts exactly the pairs of VPCs whose decision changes, and shows pairs that do', () => {
    fc.assert(
      fc.property(change, snapshot, ([old, young], taken) => {
        const [before, after] = [compiled(old), compiled(young)];
        const index = indexSnapshot(taken);
        const expected = new Map<string, number>();
        const pairs = new Map<string, string>();
        for (const requester of index.vpcs) {
          for (const accepter of index.vpcs) {
            if (requester === accepter) continue;
            const [was, willBe] = [before, after].map((policy) => decideOne(policy, requester, accepter));
            if (was === undefined || willBe === undefined || asText(was) === asText(willBe)) continue;
            const key = keyOf(was, willBe);
            expected.set(key, (expected.get(key) ?? 0) + 1);
            pairs.set(`${requester.vpcId} ${accepter.vpcId}`, key);
          }
        }
        const { pairs: found } = diffPolicies(before, after, index);
        const counted = found.groups.map((group): [string, number] => [
          keyOf(group.before, group.after),
          group.pairs,
        ]);
        expect(new Map(counted)).toEqual(expected);
        expect(found.changed).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
        expect(Object.values(found.byGrowth).reduce((sum, count) => sum + count, 0)).toBe(found.changed);
        for (const { before: was, after: willBe, examples } of found.groups) {
          expect(examples.length).toBeGreaterThan(0);
          for (const { requester, accepter } of examples) {
            expect(pairs.get(`${requester.vpcId} ${accepter.vpcId}`)).toBe(keyOf(was, willBe));
          }
        }
      }),
      RUNS,
    );
  });

  it('names exactly the live peerings that are decided otherwise', () => {
    fc.assert(
      fc.property(change, snapshot, ([old, young], taken) => {
        const [before, after] = [compiled(old), compiled(young)];
        const index = indexSnapshot(taken);
        const side = (end: (typeof taken.peerings)[number]['requester']): PolicySide =>
          index.vpcs.find(
            ({ vpcId, accountId, region }) =>
              vpcId === end.vpcId && accountId === end.accountId && region === end.region,
          ) ?? {
            ...end,
            membership: index.membershipOf(end.accountId),
            cidrs: end.cidrs ?? 'unknown',
            tags: 'unknown',
          };
        const live = ['initiating-request', 'pending-acceptance', 'provisioning', 'active'];
        const expected = taken.peerings
          .filter(({ state }) => live.includes(state))
          .filter(({ requester, accepter }) => {
            const [was, willBe] = [before, after].map((policy) =>
              decideOne(policy, side(requester), side(accepter)),
            );
            return was && willBe && asText(was) !== asText(willBe);
          })
          .map(({ id }) => id);
        const { changes } = diffPolicies(before, after, index).peerings;
        const decided = changes.filter((each) => asText(each.before.outcome) !== asText(each.after.outcome));
        expect(decided.map(({ peering }) => peering.id)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('never says that access does not grow when it does, in the organization or from outside', () => {
    fc.assert(
      fc.property(change, snapshot, drawn(drawOutsider), ([old, young], taken, outsider) => {
        const [before, after] = [compiled(old), compiled(young)];
        const index = indexSnapshot(taken);
        const { growth } = diffPolicies(before, after, index);
        if (growth === 'grew' || growth === 'unclear') return;
        const everybody = [...index.vpcs, outsider];
        for (const requester of everybody) {
          for (const accepter of everybody) {
            if (requester === accepter) continue;
            const levels = [before, after].map((policy) => levelOf(decideOne(policy, requester, accepter)));
            expect(levels[1]).toBeLessThanOrEqual(levels[0] ?? 0);
          }
        }
      }),
      RUNS,
    );
  });

  it('says nothing of a policy that is the same but for the order of its rules', () => {
    fc.assert(
      fc.property(file, snapshot, (given, taken) => {
        const turned = { ...given, allow: given.allow?.toReversed(), deny: given.deny?.toReversed() };
        const diff = diffPolicies(compiled(given), compiled(turned), indexSnapshot(taken));
        expect(diff).toMatchObject({ growth: 'same', pairs: { groups: [] }, peerings: { changes: [] } });
      }),
      RUNS,
    );
  });

  it('shrinks backwards what it grows forwards', () => {
    const turned = { grew: 'shrank', shrank: 'grew', same: 'same', unclear: 'unclear' } as const;
    const isKnown = ({ before, after }: PairGroup): boolean =>
      before.access !== 'unknown' && after.access !== 'unknown';
    const counts = (groups: readonly PairGroup[], growthOf: (group: PairGroup) => string) =>
      groups
        .filter(isKnown)
        .map((group) => `${growthOf(group)} ${group.pairs}`)
        .toSorted();
    fc.assert(
      fc.property(change, snapshot, ([old, young], taken) => {
        const [before, after] = [compiled(old), compiled(young)];
        const index = indexSnapshot(taken);
        const there = diffPolicies(before, after, index).pairs.groups;
        const back = diffPolicies(after, before, index).pairs.groups;
        expect(counts(back, (group) => group.change.growth)).toEqual(
          counts(there, (group) => turned[group.change.growth]),
        );
      }),
      RUNS,
    );
  });
});

/** What an outsider's VPC may have as its one CIDR: listed blocks, parts of them, and something else. */
const OUTSIDE_CIDRS = [
  ...WORLD.cidrs,
  ...['10.200.0.0/16', '10.1.3.0/24', '10.1.200.0/24', '192.168.0.0/16', '2a05:d018:2::/56', 'fd00::/64'].map(
    cidr,
  ),
];

const drawOutsider = (choices: Choices): PolicySide => ({
  accountId: choices.one(WORLD.accounts),
  region: choices.one(WORLD.regions),
  vpcId: vpc('vpc-00000077'),
  membership: { kind: 'external' },
  cidrs: choices.chance(20) ? 'unknown' : [choices.one(OUTSIDE_CIDRS)],
  tags: 'unknown',
});

const levelOf = ({ access }: Outcome): number => ({ closed: 0, unknown: 0, approval: 1, open: 2 })[access];
