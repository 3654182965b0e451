import type { Observed, ObservedSide } from '../../shared/domain/facts/observed.ts';
import { ROLES, type Peering, type Role } from '../../shared/domain/facts/peering.ts';
import { routesTo } from '../../shared/domain/facts/vpc.ts';
import { routeKey, type HistoryEntry, type Memory } from '../../shared/domain/memory/memory.ts';
import { describeStep } from '../../shared/domain/words/words.ts';
import type { Decided } from '../../shared/reconcile/decide-on.ts';

/** A route to the peering. */
interface ShownRoute {
  readonly routeTableId: string;
  readonly destination: string;
  readonly isActive: boolean;
  /** Whether the ledger knows it as autopeer's; absent where it was not asked. */
  readonly isOurs: boolean | undefined;
}

interface ShownSide {
  readonly role: Role;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidrs: readonly string[];
  /** Why the VPC itself was not looked at; absent where it was. */
  readonly notRead: string | undefined;
  readonly dnsFromRemote: boolean | undefined;
  readonly routes: readonly ShownRoute[];
}

/** All that is known of a peering, for people and for programs. */
export interface PeeringView {
  readonly id: string;
  readonly state: string;
  readonly verdict: string;
  readonly rule: string | undefined;
  readonly reason: { readonly code: string; readonly text: string };
  readonly sides: readonly ShownSide[];
  /** What stands in the way, a sentence each. */
  readonly problems: readonly string[];
  /** What autopeer would do now, a sentence each: what is missing. */
  readonly steps: readonly string[];
  /** Oldest first. */
  readonly history: readonly {
    readonly at: string;
    readonly verdict: string;
    readonly rule: string | undefined;
    readonly by: string | undefined;
    readonly text: string;
    readonly changes: readonly string[];
  }[];
}

/** `undefined` where EC2 does not know the peering. */
export function viewOf(
  decided: Decided,
  history: readonly HistoryEntry[],
  isLedgerAsked: boolean,
): PeeringView | undefined {
  const { observed, memory, verdict, plan, awaiting } = decided;
  const peering = peeringOf(observed);
  if (peering === undefined) return undefined;
  return {
    id: peering.id,
    state: peering.state,
    verdict: verdict.kind,
    rule: 'rule' in verdict ? verdict.rule : undefined,
    reason: { code: verdict.because.code, text: verdict.because.text },
    sides: ROLES.map((role) => sideOf(role, peering, observed, isLedgerAsked ? memory : undefined)),
    problems: verdict.kind === 'connect' ? verdict.problems : [],
    steps: [...plan.stages.flat(), ...awaiting].map(describeStep),
    history: history.map(({ at, verdict: was, rule, by, reason, changes }) => ({
      at: new Date(at).toISOString(),
      verdict: was,
      rule,
      by,
      text: reason.text,
      changes,
    })),
  };
}

function peeringOf(observed: Observed): Peering | undefined {
  switch (observed.kind) {
    case 'open':
    case 'ended':
    case 'in-transition':
      return observed.peering;
    case 'not-found':
    case 'not-governed':
    case 'unseen':
      return undefined;
  }
}

function sideOf(role: Role, peering: Peering, observed: Observed, memory: Memory | undefined): ShownSide {
  const { accountId, region, vpcId, cidrs, dnsFromRemote } = peering[role];
  const side = observed.kind === 'open' ? observed.sides[role] : undefined;
  const base = { role, accountId, region, vpcId };
  if (side?.kind !== 'governed') {
    return { ...base, cidrs, notRead: whyNot(side), dnsFromRemote, routes: [] };
  }
  const ours = memory && new Set(memory.routes.map(routeKey));
  return {
    ...base,
    cidrs: side.network.vpc.cidrs,
    notRead: undefined,
    dnsFromRemote: side.dnsFromRemote ?? dnsFromRemote,
    routes: side.network.routeTables.flatMap((table) =>
      routesTo(peering.id, table).map(({ destination, isBlackhole }) => ({
        routeTableId: table.id,
        destination,
        isActive: !isBlackhole,
        isOurs: ours?.has(routeKey({ accountId, region, routeTableId: table.id, destination })),
      })),
    ),
  };
}

function whyNot(side: Exclude<ObservedSide, { kind: 'governed' }> | undefined): string {
  switch (side?.kind) {
    case undefined:
      return 'the peering is not open';
    case 'outside':
      return side.why === 'external-account'
        ? 'the account is outside the organization'
        : 'the policy does not govern its region';
    case 'unreadable':
      return side.reason;
    case 'suspended':
      return 'the account is suspended or closed';
  }
}
