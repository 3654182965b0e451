import fc from 'fast-check';
import type { Who } from '../../../analysis/access/fold.ts';
import { type Outcome, outcomeOf } from '../../../analysis/access/outcome.ts';
import { parseQuery, type SideQuery } from '../../../analysis/access/side-query.ts';
import { indexSnapshot, seenUnder, type SnapshotIndex } from '../../../analysis/access/snapshot-index.ts';
import { ANY_REGION, ANY_VPC, strangersTo } from '../../../analysis/access/strangers.ts';
import { whoCan } from '../../../analysis/access/who-can.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../../shared/domain/policy/decision/decide.ts';
import type { PolicySide } from '../../../shared/domain/policy/decision/side.ts';
import { drawSnapshot } from '../../support/drawn-snapshots.ts';
import { type Choices, compiled, drawFile, drawn, WORLD } from '../../support/policy-arbitraries.ts';
import { lawRuns } from '../../support/law-runs.ts';

const RUNS = { numRuns: lawRuns(1_000, 500), seed: 20_261_124 } as const;

/** One part of a selector, or two. */
function drawSelectorText(choices: Choices): string {
  const part = (): string =>
    choices.one([
      choices.one(['any', ...WORLD.groups]),
      `account:${choices.one(WORLD.accounts)}`,
      `ou:${choices.one(WORLD.ous)}`,
      `region:${choices.one(WORLD.regions)}`,
      `tag:tier=${choices.one(WORLD.tagValues)}`,
      `cidr:${choices.one(WORLD.cidrs)}`,
      'external',
    ]);
  return choices.chance(70) ? part() : `${part()},${part()}`;
}

const drawQuestion = (choices: Choices) => ({
  role: choices.one(['requester', 'accepter'] as const),
  subject: drawSelectorText(choices),
  others: choices.chance(40) ? drawSelectorText(choices) : undefined,
});

function queryOf(text: string, policy: CompiledPolicy, index: SnapshotIndex): SideQuery {
  const parsed = parseQuery(text, policy, index);
  if (parsed.kind === 'faulty') throw new Error(parsed.message);
  return parsed.query;
}

/** Every VPC that a line of an answer speaks of: `vpc-…`, or `account region vpc-…` outside the organization. */
function spelledOut(who: Who, index: SnapshotIndex, places: readonly string[]): readonly string[] {
  const ids = (holds: (side: PolicySide) => boolean): readonly string[] =>
    index.vpcs.filter(holds).map(({ vpcId }) => vpcId);
  switch (who.kind) {
    case 'organization':
      return ids(({ membership }) => membership.kind === 'member');
    case 'ou':
      return ids(({ membership }) => membership.kind === 'member' && membership.ous.includes(who.id));
    case 'account':
      return ids(({ accountId }) => accountId === who.id);
    case 'vpcs':
      return who.vpcs;
    case 'outside': {
      const { accountId, regions, vpcs } = who;
      const fits = (listed: readonly string[] | 'any', one: string): boolean =>
        listed === 'any' || listed.includes(one);
      return places.filter((place) => {
        const [account, region = '', vpc = ''] = place.split(' ');
        return (
          account === (accountId ?? 'any') &&
          fits(regions, region === ANY_REGION ? 'other' : region) &&
          fits(vpcs, vpc === ANY_VPC ? 'other' : vpc)
        );
      });
    }
  }
}

describe('who can be joined', () => {
  it('is what deciding each pair by itself comes to', () => {
    fc.assert(
      fc.property(drawn(drawFile), drawn(drawSnapshot), drawn(drawQuestion), (file, taken, asked) => {
        const policy = compiled(file);
        const index = indexSnapshot(taken);
        const { role } = asked;
        const subject = queryOf(asked.subject, policy, index);
        const others = asked.others === undefined ? undefined : queryOf(asked.others, policy, index);
        const accounts = [...subject.accounts, ...(others?.accounts ?? [])];
        const strangersOf = (query: SideQuery | undefined) => {
          const cidrs = query?.cidrs ?? [];
          return strangersTo([policy], index, cidrs.length > 0 ? { accounts, cidrs } : { accounts });
        };
        const { sides: outside, anyAccount } = strangersOf(subject);
        const nameOf = (side: PolicySide): string => {
          if (index.vpcs.includes(side)) return side.vpcId;
          return `${side.accountId === anyAccount ? 'any' : side.accountId} ${side.region} ${side.vpcId}`;
        };
        const places = outside.map(nameOf);
        const regions = new Set(policy.regions);
        const decideOne = (requester: PolicySide, accepter: PolicySide): Outcome =>
          outcomeOf(
            decide(policy, {
              requester: seenUnder(regions, requester),
              accepter: seenUnder(regions, accepter),
            }),
          );
        const open = [...index.vpcs, ...(subject.namesOwner ? outside : [])];
        const subjects = open.filter((side) => subject.matches(side));
        // By how they can be joined: who, and with whom.
        const expected = new Map<string, { who: Set<string>; reach: Set<string> }>();
        const everybody = [...index.vpcs, ...strangersOf(others).sides];
        for (const other of everybody.filter((side) => others?.matches(side) ?? true)) {
          const ways = new Map<string, PolicySide[]>();
          for (const one of subjects) {
            if (one === other) continue;
            const [requester, accepter] = role === 'accepter' ? [other, one] : [one, other];
            const { access, rule } = decideOne(requester, accepter);
            if (access === 'closed') continue;
            const way = `${access} ${rule} ${decideOne(accepter, requester).access}`;
            ways.set(way, [...(ways.get(way) ?? []), one]);
          }
          const all = subjects.filter((side) => side !== other).length;
          for (const [way, reached] of ways) {
            const key = `${way} ${reached.length === all ? 'all' : 'some'}`;
            const entry = expected.get(key) ?? { who: new Set(), reach: new Set() };
            expected.set(key, entry);
            entry.who.add(nameOf(other));
            if (reached.length !== all) for (const one of reached) entry.reach.add(nameOf(one));
          }
        }
        const answer = whoCan(policy, index, { subject, role, others });
        const found = answer.rows.map((row): [string, { who: Set<string>; reach: Set<string> }] => {
          const spell = (who: readonly Who[]) =>
            new Set(who.flatMap((one) => spelledOut(one, index, places)));
          return [
            `${row.outcome.access} ${row.outcome.rule} ${row.reverse} ${row.reach.kind}`,
            { who: spell(row.who), reach: spell(row.reach.kind === 'some' ? row.reach.subjects : []) },
          ];
        });
        const [only] = subjects;
        const self = subjects.length === 1 && only !== undefined ? nameOf(only) : undefined;
        expect(found).toHaveLength(expected.size);
        for (const [key, { who, reach }] of found) {
          const wanted = expected.get(key);
          // The one VPC of a subject is in the line of its account, though nobody joins it with itself.
          const without = (names: ReadonlySet<string> | undefined) =>
            [...(names ?? [])].filter((name) => name !== self).toSorted();
          expect(without(who)).toEqual(without(wanted?.who));
          expect(without(reach)).toEqual(without(wanted?.reach));
        }
      }),
      RUNS,
    );
  });
});
