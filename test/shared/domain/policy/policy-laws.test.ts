import fc from 'fast-check';
import { contains } from '../../../../shared/domain/facts/cidr.ts';
import { PolicyInTime } from '../../../../shared/domain/policy/decision/policy-in-time.ts';
import { modelOf } from '../../../../shared/domain/policy/language/model.ts';
import { ROLES } from '../../../../shared/domain/facts/peering.ts';
import type { CompiledPolicy } from '../../../../shared/domain/policy/decision/compile.ts';
import {
  decide,
  type Decision,
  mayDecideOtherwise,
} from '../../../../shared/domain/policy/decision/decide.ts';
import type {
  AllowRuleFile,
  DenyRuleFile,
  PolicyFile,
  SideFile,
} from '../../../../shared/domain/policy/language/schema.ts';
import type { PolicyRequest } from '../../../../shared/domain/policy/decision/side.ts';
import { lawRuns } from '../../../support/law-runs.ts';
import {
  type Choices,
  compiled,
  drawAllow,
  drawDeny,
  drawFacts,
  drawFile,
  drawn,
  drawRequest,
  order,
  WORLD,
} from '../../../support/policy-arbitraries.ts';
import { approveAll } from '../../../support/policy-builders.ts';
import { interpret } from '../../../support/policy-interpreter.ts';

const SEED = 20_261_103;
/** 10,000 cases: each with its own policy and request. */
const RUNS = { numRuns: lawRuns(10_000), seed: SEED } as const;
/** 10,000 cases as well, four requests to each policy: compiling is what takes the time. */
const RUNS_OF_FOUR = { numRuns: lawRuns(2_500), seed: SEED } as const;

const file = drawn(drawFile);
const request = drawn(drawRequest);
const four = drawn((choices) => Array.from({ length: 4 }, () => drawRequest(choices)));

/** What a decision comes to; reading its reason too, which is worked out only then. */
const read = (decision: Decision): unknown => JSON.parse(JSON.stringify(decision));
const outcome = ({ kind, rule, reason }: Decision) => ({ kind, rule, code: reason.code });
/** With every approval that a person could give: one covers the policy's version, so no law speaks of them. */
const accepts = (policy: CompiledPolicy, asked: PolicyRequest): boolean =>
  decide(policy, approveAll(policy, asked)).kind === 'accept';

/** The same file with every list and mapping in another order. */
function shuffled<Value>(value: Value, choices: Choices): Value;
function shuffled(value: unknown, choices: Choices): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return reordered<unknown>(value, choices).map((item) => shuffled(item, choices));
  return Object.fromEntries(
    reordered(Object.entries(value), choices).map(([key, item]) => [key, shuffled(item, choices)]),
  );
}

function reordered<Item>(items: readonly Item[], choices: Choices): Item[] {
  return items
    .map((item) => ({ item, place: choices.below(256) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

const turned = <Rule extends { between?: [SideFile, SideFile] | undefined }>(rule: Rule): Rule =>
  rule.between === undefined ? rule : { ...rule, between: [rule.between[1], rule.between[0]] };

describe('the compiled policy', () => {
  it('agrees with a plain interpreter', () => {
    fc.assert(
      fc.property(file, four, fc.boolean(), (given, requests, approved) => {
        const policy = compiled(given);
        for (const asked of requests) {
          const full = approved ? approveAll(policy, asked) : asked;
          const { kind, code, rule } = interpret(policy, full);
          expect(outcome(decide(policy, full))).toEqual({ kind, rule, code });
        }
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('order', () => {
  it('of rules, groups, list entries and keys does not change a decision, its reason or the version', () => {
    fc.assert(
      fc.property(file, four, order, (given, requests, choices) => {
        const policy = compiled(given);
        const other = compiled(shuffled(given, choices));
        expect(other.version).toBe(policy.version);
        for (const asked of requests) expect(read(decide(other, asked))).toEqual(read(decide(policy, asked)));
      }),
      RUNS_OF_FOUR,
    );
  });

  it('of the two sides of a between changes nothing', () => {
    fc.assert(
      fc.property(file, four, (given, requests) => {
        const policy = compiled(given);
        const other = compiled({ ...given, allow: given.allow?.map(turned), deny: given.deny?.map(turned) });
        for (const asked of requests) expect(read(decide(other, asked))).toEqual(read(decide(policy, asked)));
      }),
      RUNS_OF_FOUR,
    );
  });

  it('of requester and accepter does not matter where every rule is a between', () => {
    fc.assert(
      fc.property(file, four, (given, requests) => {
        const allow = given.allow?.filter(({ between }) => between !== undefined);
        const deny = given.deny?.filter(({ between }) => between !== undefined);
        const policy = compiled({ ...given, allow, deny });
        for (const { requester, accepter } of requests) {
          const there = decide(policy, { requester, accepter });
          const back = decide(policy, { requester: accepter, accepter: requester });
          expect(outcome(back)).toEqual(outcome(there));
        }
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('adding a rule', () => {
  it('that denies never accepts more', () => {
    const rule = drawn((choices) => drawDeny(choices, 'added'));
    fc.assert(
      fc.property(file, rule, four, (given, added, requests) => {
        const policy = compiled(given);
        const stricter = compiled({ ...given, deny: [...(given.deny ?? []), added] });
        for (const asked of requests) {
          if (accepts(stricter, asked)) expect(accepts(policy, asked)).toBe(true);
        }
      }),
      RUNS_OF_FOUR,
    );
  });

  it('that allows never gets past a deny, and never accepts less', () => {
    const rule = drawn((choices) => drawAllow(choices, choices.chance(50) ? 'added' : 'zadded'));
    fc.assert(
      fc.property(file, rule, four, (given, added, requests) => {
        const policy = compiled(given);
        const wider = compiled({ ...given, allow: [...(given.allow ?? []), added] });
        for (const asked of requests) {
          const before = decide(policy, asked);
          if (before.reason.code === 'rule-denies') {
            expect(outcome(decide(wider, asked))).toEqual(outcome(before));
            expect(accepts(wider, asked)).toBe(false);
          }
          if (accepts(policy, asked)) expect(accepts(wider, asked)).toBe(true);
        }
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('a trial rule', () => {
  const trials = drawn((choices) => ({
    allow: choices.list(2, (index) => drawAllow(choices, `${choices.one(['a', 'm', 'z'])}trial${index}`)),
    deny: choices.list(2, (index) => drawDeny(choices, `${choices.one(['a', 'm', 'z'])}trying${index}`)),
  }));
  type Trials = { readonly allow: readonly AllowRuleFile[]; readonly deny: readonly DenyRuleFile[] };
  const withRules = (given: PolicyFile, { allow, deny }: Trials, dryRun: boolean): PolicyFile => ({
    ...given,
    allow: [...(given.allow ?? []), ...allow.map((rule) => ({ ...rule, dryRun }))],
    deny: [...(given.deny ?? []), ...deny.map((rule) => ({ ...rule, dryRun }))],
  });
  const renamed = ({ allow, deny }: Trials): Trials => ({
    allow: allow.map((rule) => ({ ...rule, name: `other-${rule.name}` })),
    deny: deny.map((rule) => ({ ...rule, name: `Other-${rule.name}` })),
  });

  it('that is added, removed or renamed changes no live decision, no reason, no approval and no live version', () => {
    fc.assert(
      fc.property(file, trials, four, (given, added, requests) => {
        const policy = compiled(given);
        for (const rules of [added, renamed(added)]) {
          const tried = compiled(withRules(given, rules, true));
          expect(tried.liveVersion).toBe(policy.liveVersion);
          for (const asked of requests) {
            expect(read(decide(tried, asked))).toEqual(read(decide(policy, asked)));
            expect(mayDecideOtherwise(tried, asked)).toBe(mayDecideOtherwise(policy, asked));
            const approved = approveAll(policy, asked);
            expect(read(decide(tried, approved))).toEqual(read(decide(policy, approved)));
          }
        }
      }),
      RUNS_OF_FOUR,
    );
  });

  it('has the trial decide as if it were live', () => {
    fc.assert(
      fc.property(file, trials, four, (given, added, requests) => {
        const { trial, liveVersion } = compiled(withRules(given, added, true));
        expect(trial === undefined).toBe(added.allow.length + added.deny.length === 0);
        if (trial === undefined) return;
        const live = { ...compiled(withRules(given, added, false)), liveVersion };
        for (const asked of requests) expect(read(decide(trial, asked))).toEqual(read(decide(live, asked)));
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('a rule that expires', () => {
  const END = Date.UTC(2027, 3, 1);
  const lasting = drawn((choices) => Array.from({ length: 8 }, () => choices.chance(50)));

  it('decides until then as if it never expired, and from then on as if it were not there', () => {
    fc.assert(
      fc.property(file, lasting, four, (given, lasts, requests) => {
        const { allow = [] } = given;
        const stays = (index: number): boolean => lasts[index] === true;
        const expiring = allow.map((rule, index) => (stays(index) ? rule : { ...rule, expires: END }));
        const policies = new PolicyInTime(modelOf({ ...given, allow: expiring }));
        const [before, after] = [policies.at(END - 1), policies.at(END)];
        const [whole, rest] = [
          compiled(given),
          compiled({ ...given, allow: allow.filter((_, index) => stays(index)) }),
        ];
        expect(after.liveVersion).toBe(before.liveVersion);
        for (const asked of requests) {
          expect(outcome(decide(before, asked))).toEqual(outcome(decide(whole, asked)));
          expect(outcome(decide(after, asked))).toEqual(outcome(decide(rest, asked)));
        }
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('bounds', () => {
  it('hold every CIDR of a side that they bound', () => {
    let bounded = 0;
    fc.assert(
      fc.property(file, four, (given, requests) => {
        const policy = compiled(given);
        for (const asked of requests) {
          const decision = decide(policy, asked);
          if (decision.kind !== 'accept') continue;
          for (const role of ROLES) {
            const [blocks, { cidrs }] = [decision.bounds[role], asked[role]];
            if (blocks === undefined || cidrs === 'unknown') continue;
            bounded += 1;
            for (const one of cidrs) expect(blocks.some((block) => contains(block, one))).toBe(true);
          }
        }
      }),
      RUNS_OF_FOUR,
    );
    expect(bounded).toBeGreaterThan(10);
  });
});

describe('pain 1: one request changes what becomes of the next', () => {
  it('never: a policy that has decided others decides as a fresh one', () => {
    fc.assert(
      fc.property(file, four, four, (given, before, requests) => {
        const used = compiled(given);
        const fresh = compiled(given);
        for (const other of before) read(decide(used, approveAll(used, other)));
        const last = requests.map((asked) => read(decide(used, asked)));
        expect(last).toEqual(requests.map((asked) => read(decide(fresh, asked))));
      }),
      RUNS_OF_FOUR,
    );
  });
});

describe('pain 2: "not in A and not in B"', () => {
  it('is built by two denies and means it', () => {
    const [a, b] = WORLD.ous;
    const policy = compiled({
      version: 1,
      regions: [...WORLD.regions],
      allow: [{ name: 'everybody', requester: 'any', accepter: 'any' }],
      deny: [
        { name: 'not-a', requester: { ous: WORLD.ous.slice(0, 1) }, accepter: 'any' },
        { name: 'not-b', requester: { ous: WORLD.ous.slice(1, 2) }, accepter: 'any' },
      ],
    });
    fc.assert(
      fc.property(request, ({ requester, accepter }) => {
        if (requester.membership.kind === 'external' || accepter.membership.kind === 'external') return;
        const isIn = (unit: unknown): boolean =>
          requester.membership.kind === 'member' && requester.membership.ous.some((one) => one === unit);
        const expected = isIn(a) || isIn(b) ? 'reject' : 'accept';
        expect(decide(policy, { requester, accepter }).kind).toBe(expected);
      }),
      RUNS,
    );
  });
});

describe('pain 10: a CIDR slips past', () => {
  const lists = drawn((choices) => [choices.some(WORLD.cidrs, 7), choices.some(WORLD.cidrs, 7)] as const);

  it('never: a request is not accepted when any one of its CIDRs falls outside a CIDR selector', () => {
    fc.assert(
      fc.property(lists, request, ([one, other], asked) => {
        const policy = compiled({
          version: 1,
          regions: [...WORLD.regions],
          groups: { inner: { cidrs: other } },
          allow: [{ name: 'inside', requester: { cidrs: one }, accepter: { groups: ['inner'] } }],
        });
        const inside = (cidrs: typeof asked.requester.cidrs, blocks: typeof one): boolean =>
          cidrs !== 'unknown' &&
          cidrs.length > 0 &&
          cidrs.every((cidr) => blocks.some((block) => contains(block, cidr)));
        const members = [asked.requester, asked.accepter].every(
          ({ membership }) => membership.kind === 'member',
        );
        const expected = members && inside(asked.requester.cidrs, one) && inside(asked.accepter.cidrs, other);
        expect(decide(policy, asked).kind === 'accept').toBe(expected);
      }),
      RUNS,
    );
  });

  it('never: what is accepted without a fact is accepted whatever that fact turns out to be', () => {
    const facts = drawn((choices) => [drawFacts(choices), drawFacts(choices)] as const);
    fc.assert(
      fc.property(file, four, facts, (given, requests, [one, other]) => {
        const policy = compiled(given);
        const blank = { cidrs: 'unknown', isDefaultVpc: undefined, tags: 'unknown' } as const;
        for (const { requester, accepter } of requests) {
          const blind = { requester: { ...requester, ...blank }, accepter: { ...accepter, ...blank } };
          const seeing = { requester: { ...requester, ...one }, accepter: { ...accepter, ...other } };
          if (accepts(policy, blind)) expect(accepts(policy, seeing)).toBe(true);
        }
      }),
      RUNS_OF_FOUR,
    );
  });
});
