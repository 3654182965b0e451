import { compare } from '../../shared/domain/connection/compare.ts';
import { consentToAll } from '../../shared/domain/connection/consent.ts';
import { governedSides } from '../../shared/domain/connection/choice.ts';
import { requestOf } from '../../shared/domain/connection/request-of.ts';
import { termsOfRequest } from '../../shared/domain/connection/terms.ts';
import type { Verdict } from '../../shared/domain/connection/verdict.ts';
import { overlaps } from '../../shared/domain/facts/cidr.ts';
import { parsePeeringId, type PeeringId } from '../../shared/domain/facts/ids.ts';
import type { OpenPeering } from '../../shared/domain/facts/observed.ts';
import { isOver, type Peering, type Role } from '../../shared/domain/facts/peering.ts';
import { describeTarget } from '../../shared/domain/facts/vpc.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import type { ConnectOptions, Limits } from '../../shared/domain/policy/language/connect.ts';
import { connectWords } from '../../shared/domain/words/connect-words.ts';
import type { Decided } from '../../shared/reconcile/decide-on.ts';
import type { FoundVpc } from './find-vpc.ts';

/** Both ends of a request. */
export type Ends = Readonly<Record<Role, FoundVpc>>;

/**
 * What is to become of a request.
 * - `connects`: autopeer accepts and connects it
 * - `approval`: people must approve it first
 * - `held`: it waits, and the reason says for what
 * - `rejected`: the policy has it rejected
 * - `impossible`: AWS lets it fail
 * - `not-governed`: autopeer has no say
 */
export type Outlook = 'connects' | 'approval' | 'held' | 'rejected' | 'impossible' | 'not-governed';

/** A route that will be written. */
export interface PlannedRoute {
  readonly accountId: string;
  readonly region: string;
  readonly routeTableId: string;
  readonly destination: string;
  /** The wider route whose traffic it takes, such as `10.0.0.0/8 to tgw-…`; absent where it takes none. */
  readonly takes: string | undefined;
}

interface Quota {
  readonly what: 'peerings' | 'outstanding-requests';
  /** The VPC, or the account and region. */
  readonly of: string;
  readonly used: number;
  readonly limit: number;
}

/** All that can be said of a request before it is made. */
export interface Preview {
  readonly outlook: Outlook;
  readonly verdict: Verdict['kind'];
  readonly rule: string | undefined;
  readonly reason: { readonly code: string; readonly text: string };
  /** Pairs of CIDRs that overlap; `undefined` where the CIDRs of a side are not known. */
  readonly overlap: readonly string[] | undefined;
  /** A peering or a request that joins the two already. */
  readonly existing: { readonly id: PeeringId; readonly state: Peering['state'] } | undefined;
  readonly quotas: readonly Quota[];
  /** What the rule gives, in words; absent where no rule allows it. */
  readonly gives: string | undefined;
  /** What people who approve it are shown, a sentence each; who may approve is one of them. */
  readonly approval: readonly string[];
  readonly routes: readonly PlannedRoute[];
  readonly dns: 'on' | 'off' | 'left-alone' | undefined;
  /** The policy says dryRun: autopeer only tells what it would do. */
  readonly isDryRun: boolean;
}

/** AWS's default of quota L-DC9F7029, which it raises for who asks. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const OUTSTANDING_REQUESTS = 25;

/** The request as EC2 will show it while it is pending: it hides the accepter's CIDRs until then. */
export function askedPeering({ requester, accepter }: Ends): Peering {
  const id = parsePeeringId(`pcx-${'0'.repeat(17)}`);
  if (id === undefined) throw new Error('this is a peering id');
  const side = ({ accountId, region, vpcId }: FoundVpc) => ({
    accountId,
    region,
    vpcId,
    dnsFromRemote: undefined,
  });
  return {
    id,
    state: 'pending-acceptance',
    stateMessage: '',
    expiresAt: undefined,
    requester: { ...side(requester), cidrs: requester.cidrs ?? [] },
    accepter: { ...side(accepter), cidrs: [] },
    tags: {},
  };
}

/**
 * @param decided what autopeer would make of the request
 * @param peerings all that the requester's account sees in its region
 */
export function previewOf(
  ends: Ends,
  decided: Decided,
  peerings: readonly Peering[],
  policy: CompiledPolicy,
): Preview {
  const { verdict, observed, isDryRun } = decided;
  const overlap = overlapOf(ends);
  const open = observed.kind === 'open' ? observed : undefined;
  const allowed = open && allowedBy(open, policy, verdict);
  const existing = peerings.find((peering) => isBetween(peering, ends));
  return {
    outlook: overlap !== undefined && overlap.length > 0 ? 'impossible' : outlookOf(verdict),
    verdict: verdict.kind,
    rule: 'rule' in verdict ? verdict.rule : undefined,
    reason: { code: verdict.because.code, text: verdict.because.text },
    overlap,
    existing: existing && { id: existing.id, state: existing.state },
    quotas: quotasOf(ends, open, peerings, allowed?.limits ?? policy.defaults.limits),
    gives: allowed && connectWords(allowed.connect),
    approval: verdict.kind === 'hold' ? (verdict.ask?.shown ?? []) : [],
    routes: open === undefined || allowed === undefined ? [] : routesOf(open, allowed),
    dns: allowed && dnsWord(allowed.connect),
    isDryRun,
  };
}

function outlookOf(verdict: Verdict): Outlook {
  switch (verdict.kind) {
    case 'connect':
      return 'connects';
    case 'hold':
      if (verdict.withdraw === true) return 'rejected';
      return verdict.ask === undefined ? 'held' : 'approval';
    case 'wait':
      return 'held';
    case 'reject':
      return 'rejected';
    case 'ignore':
      return 'not-governed';
    case 'unsanctioned':
    case 'clean-up':
      throw new Error(`nobody says ${verdict.kind} of a request`);
  }
}

/** EC2 lets a request fail whose VPCs have a CIDR in common, IPv4 or IPv6, whatever is routed. */
function overlapOf({ requester, accepter }: Ends): readonly string[] | undefined {
  const [ours, theirs] = [requester.cidrs, accepter.cidrs];
  if (ours === undefined || theirs === undefined) return undefined;
  return ours.flatMap((one) =>
    theirs.filter((other) => overlaps(one, other)).map((other) => `${one} and ${other}`),
  );
}

interface Allowed {
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  readonly terms: Parameters<typeof compare>[1];
}

/** What the rule gives that allows it, or would once it is approved. */
function allowedBy(open: OpenPeering, policy: CompiledPolicy, verdict: Verdict): Allowed | undefined {
  const decision = decide(policy, requestOf(open, consentToAll(open)));
  if (decision.kind === 'accept') {
    return { connect: decision.connect, limits: decision.limits, terms: termsOfRequest(decision) };
  }
  if (decision.kind !== 'hold' || decision.approval === undefined) return undefined;
  const { connect, limits, bounds } = decision.approval;
  const taken = verdict.kind === 'hold' ? verdict.ask?.taken : undefined;
  return { connect, limits, terms: termsOfRequest({ connect, bounds }, new Set(taken)) };
}

function routesOf(open: OpenPeering, { terms }: Allowed): readonly PlannedRoute[] {
  const { missing, diverting } = compare(open, terms);
  return missing.map(({ role, routeTableId, destination }) => {
    const { accountId, region } = open.sides[role].location;
    const taking = diverting.find(
      (route) => route.routeTableId === routeTableId && route.destination === destination,
    );
    const takes = taking && `${taking.from.destination} to ${describeTarget(taking.from.target)}`;
    return { accountId, region, routeTableId, destination, takes };
  });
}

const dnsWord = ({ dns }: ConnectOptions): NonNullable<Preview['dns']> =>
  dns === 'leave' ? 'left-alone' : dns ? 'on' : 'off';

function quotasOf(
  { requester }: Ends,
  open: OpenPeering | undefined,
  peerings: readonly Peering[],
  limits: Limits,
): readonly Quota[] {
  const asking = peerings.filter(
    ({ state, requester: { accountId, region } }) =>
      (state === 'pending-acceptance' || state === 'initiating-request') &&
      accountId === requester.accountId &&
      region === requester.region,
  );
  const vpcs = open === undefined ? [] : governedSides(open);
  return [
    ...vpcs.map(([, { location, otherPeers }]) => ({
      what: 'peerings' as const,
      of: location.vpcId,
      used: otherPeers.length,
      limit: limits.peeringsPerVpc,
    })),
    {
      what: 'outstanding-requests',
      of: `${requester.accountId} ${requester.region}`,
      used: asking.length,
      limit: OUTSTANDING_REQUESTS,
    },
  ];
}

/** Two VPCs have one peering, whoever asked for it. */
function isBetween({ state, ...sides }: Peering, ends: Ends): boolean {
  if (isOver(state) || state === 'deleting') return false;
  const vpcs = [sides.requester, sides.accepter].map(({ vpcId }) => vpcId).toSorted();
  return vpcs.join() === [ends.requester.vpcId, ends.accepter.vpcId].toSorted().join();
}
