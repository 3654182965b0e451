import { NAME } from '../../../sim/world/world.ts';
import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import { stateAt } from '../../../sim/ec2/peering-state.ts';
import type { Call } from '../../../sim/types.ts';
import type { DomainEvent } from '../../../shared/domain/words/notice.ts';
import { loadPolicy } from '../../../shared/domain/policy/language/load.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import { STALE_MS, type TroubleKind } from '../plan/faults.ts';
import { LATENCY_MS } from '../plan/plan.ts';
import type { Stage } from '../stage.ts';
import { ApprovalWatch } from './approvals.ts';
import { BrakeWatch } from './brake.ts';
import { candidatesOf, withAnswers, type Candidate, type Window } from './candidates.ts';
import { judgedCidrs } from './consented.ts';
import { DnsFlags } from './dns-flags.ts';
import { Journal, routeAsked, Timeline } from './journal.ts';
import { LedgerMirror } from './ledger-mirror.ts';

/** What was broken, and in which way. */
export interface Violation {
  readonly invariant: string;
  /** Epoch milliseconds of virtual time. */
  readonly atMs: number;
  readonly text: string;
}

/** A change that autopeer made to EC2. */
export interface OwnChange {
  readonly atMs: number;
  readonly call: Call;
  readonly input: unknown;
  readonly peeringId: string;
  /** As the history and notices would tell it. */
  readonly sentence: string;
}

const DAY_MS = 24 * 3_600_000;
/** Three rounds, the first writing, and what two invocations do at once. */
const MOST_REPAIRS = 5;
/** From a look to the delete that rests on it. */
const LOOK_TO_DELETE_MS = LATENCY_MS + 5;

/** An entry of the ledger's history. */
export interface HistoryRecord {
  readonly peeringId: string;
  readonly at: number;
  readonly changes: readonly string[];
  readonly policyVersion: string;
}

/**
 * What every invariant needs to know: what was true when, what autopeer did, and in which window of time a decision
 * of it was made.
 */
export class Judge {
  readonly stage: Stage;
  readonly journal: Journal;
  readonly ledger: LedgerMirror;
  readonly policies = new Timeline<CompiledPolicy>();
  readonly violations: Violation[] = [];
  readonly ownChanges: OwnChange[] = [];
  /** The subjects of what autopeer told of dead letters and of places. */
  readonly toldFailures = new Set<string>();
  /** What autopeer told, and when. */
  readonly told: { readonly atMs: number; readonly event: DomainEvent }[] = [];
  /** What the ledger's history has. */
  readonly history: HistoryRecord[] = [];
  /** When EC2 forgot a peering before its time. */
  readonly forgotten = new Map<string, number>();
  /** Calls that were done, and of which the caller heard only an error, by request id. */
  readonly unanswered = new Set<string>();
  /** Races that no client of EC2 can win, by kind: EC2 takes no conditions. */
  readonly races = new Map<string, number>();
  /** Whether the ledger may have lost a claim: then a route of ours counts as somebody else's, for ever. */
  readonly hasForgottenClaims: boolean;
  /** Whether a side cannot be read for a while in this run, by a fault. */
  readonly isHalfBlind: boolean;
  /** How far two clocks may be apart. */
  readonly skewMs: number;
  readonly brake: BrakeWatch;
  readonly approvals: ApprovalWatch;
  readonly flags: DnsFlags;
  /** What the call that is about to be done would change; it counts once it is done. */
  intended: OwnChange | undefined;
  readonly #slackMs: number;
  /** Whether calls take longer than usual in this run, or are repeated. */
  readonly #isSlow: boolean;
  /** Whether runs may die before the history has what they did. */
  readonly #isForgetful: boolean;
  readonly #repairs = new Map<string, readonly number[]>();
  /** When an invocation last looked at the route tables of an account and region. */
  readonly #looks = new Map<string, number>();
  /** When somebody else last changed a VPC, its tables, subnets or routes. */
  readonly #disturbed = new Map<string, number>();

  constructor(stage: Stage) {
    this.stage = stage;
    this.journal = new Journal(stage.world.aws, stage.plan.accounts);
    this.ledger = new LedgerMirror(stage.world.aws);
    this.#slackMs = slackOf(stage);
    const has = (...kinds: readonly TroubleKind[]): boolean =>
      stage.plan.faults.some(({ kind }) => kinds.includes(kind));
    this.#isSlow = has('slow', 'throttled', 'server-error', 'answer-lost', 'region-away', 'hang');
    this.#isForgetful =
      this.#isSlow || has('killed', 'ledger-down', 'ledger-loses-write', 'stale-read', 'read-lag');
    this.isHalfBlind = has('role-refused', 'vpc-unreadable');
    this.skewMs = Math.max(
      0,
      ...stage.plan.faults.map((fault) => (fault.kind === 'clocks-apart' ? 2 * fault.skewMs : 0)),
    );
    this.brake = new BrakeWatch(this);
    this.approvals = new ApprovalWatch(this);
    this.flags = new DnsFlags(stage.world.aws);
    this.hasForgottenClaims = stage.plan.faults.some(({ kind }) => kind === 'ledger-loses-write');
    stage.world.aws.watch({
      before: (call) => {
        this.intended = undefined;
        if (call.action === 'DescribeRouteTables') this.#looks.set(lookKey(call), this.now);
      },
      after: (call, input) => this.#after(call, input),
    });
    this.notePolicy(stage.plan.policies[0] ?? '');
  }

  get now(): number {
    return this.stage.world.aws.clock.now();
  }

  notePolicy(text: string): void {
    this.policies.set(this.now, compiled(text));
  }

  report(invariant: string, text: string): void {
    this.violations.push({ invariant, atMs: this.now, text });
  }

  noteRace(kind: string): void {
    this.races.set(kind, (this.races.get(kind) ?? 0) + 1);
  }

  /** Whether autopeer makes the call in a member account, with the role that it has there. */
  isOwn(call: Call): boolean {
    return call.caller.roleArn?.endsWith(`:role/${NAME}-member`) === true;
  }

  /**
   * The time in which the decision behind a call was made: since the invocation that makes the call began, and before
   * that as long as what EC2 shows may lag behind what is.
   */
  window(call: Call): Window {
    const { invocations } = this.stage.world.aws.lambda;
    const invocation = invocations.findLast(({ requestId }) => requestId === call.traceId);
    const untilMs = this.now;
    return { fromMs: (invocation?.startedAtMs ?? untilMs) - this.#slackMs, untilMs };
  }

  candidates(peering: PeeringRecord, window: Window): readonly Candidate[] {
    const { journal, policies } = this;
    const acceptedAt = peering.accepted?.at ?? Number.POSITIVE_INFINITY;
    const hidden = [
      ...(acceptedAt > window.fromMs ? [true] : []),
      ...(acceptedAt <= window.untilMs ? [false] : []),
    ];
    const judged = judgedCidrs(this, peering, window);
    const states = this.statesDuring(peering, window);
    const consents = this.ledger.consentsDuring(peering.id, window.fromMs, window.untilMs);
    const remembered = [
      ...(states.some((state) => state !== 'active') ? [true] : []),
      ...(states.includes('active') ? consents.map((consent) => consent !== undefined) : []),
    ];
    const found = candidatesOf(peering, window, { journal, policies, judged, remembered, hidden });
    return this.approvals.isAnswered(peering.id)
      ? found.flatMap((each) => withAnswers(each, this.approvals.isRejected(peering.id)))
      : found;
  }

  /** Whether the caller heard only an error, and may see only later that the call was done. */
  isUnseen(call: Call): boolean {
    return this.unanswered.has(call.requestId) && this.#slackMs > 0;
  }

  /** What the invocation that makes a call has done before, where no read of this run shows what is old. */
  doneBy(call: Call): readonly OwnChange[] {
    if (this.#slackMs > 0) return [];
    return this.ownChanges.filter((change) => change.call.traceId === call.traceId);
  }

  /** Whether somebody changed the route between the invocation's last look at the tables there and now, right after it. */
  changedUnseen(tableId: string, destination: string, call: Call): boolean {
    const lookedAt = this.#looks.get(lookKey(call)) ?? Number.NEGATIVE_INFINITY;
    const since = Math.max(lookedAt, this.#isSlow ? 0 : this.now - LOOK_TO_DELETE_MS) - this.#slackMs;
    const eras = this.journal.route(tableId, destination, since, this.now);
    return new Set(eras.map(({ value }) => value.target)).size > 1;
  }

  /**
   * **Fights end**: the same route is written so often within a day at most, as docs/reconcile.md says, and once more
   * for each run that died or whose entry the ledger lost.
   */
  #countRepair(route: string): void {
    const repairs = [...(this.#repairs.get(route) ?? []), this.now].filter(
      (atMs) => this.now - atMs < DAY_MS,
    );
    this.#repairs.set(route, repairs);
    if (repairs.length > MOST_REPAIRS && !this.#isForgetful)
      this.report('fights-on', `${route}: ${repairs.length} times`);
  }

  /**
   * Whether somebody else changed the network of either side since the window began. What of it a decision has seen is
   * not judged then; the end, when all is quiet, judges what came of it.
   */
  isTroubled({ requester, accepter }: PeeringRecord, { fromMs }: Window): boolean {
    const { prefixLists } = this.stage.world.aws.ec2.truth;
    return [requester, accepter].some(
      ({ ownerId, region }) =>
        (this.#disturbed.get(`${ownerId} ${region}`) ?? 0) >= fromMs ||
        // A list changes some time after the call.
        [...prefixLists.values()].some(
          (list) => list.ownerId === ownerId && (list.versions.at(-1)?.since ?? 0) >= fromMs,
        ),
    );
  }

  peering(id: string): PeeringRecord | undefined {
    return this.stage.world.aws.ec2.truth.peerings.get(id);
  }

  state(peering: PeeringRecord): ReturnType<typeof stateAt> {
    return stateAt(peering, this.now);
  }

  /** The states that the peering was in at the window's ends, and at every change of it in between. */
  statesDuring(peering: PeeringRecord, { fromMs, untilMs }: Window): readonly string[] {
    const { accepted, deletion, rejectedAt, failedAt, pendingAt } = peering;
    const changes = [
      accepted?.at,
      accepted?.activeAt,
      deletion?.at,
      deletion?.deletedAt,
      rejectedAt,
      failedAt,
      pendingAt,
    ];
    const instants = [
      ...changes.filter((atMs) => atMs !== undefined && atMs > fromMs && atMs <= untilMs),
      untilMs,
    ];
    const before = instants.flatMap((atMs) => (atMs === undefined ? [] : [atMs - 1, atMs]));
    return [...new Set([fromMs, ...before].map((atMs) => stateBefore(peering, atMs)))];
  }

  #after(call: Call, input: unknown): void {
    if (call.service !== 'ec2' || isRead(call)) return;
    if (!this.isOwn(call)) {
      this.#disturbed.set(`${call.caller.accountId} ${call.region}`, this.now);
      return;
    }
    const change = this.intended;
    if (change === undefined) return;
    this.ownChanges.push(change);
    if (call.action !== 'CreateRoute') return;
    const { tableId, destination } = routeAsked(input);
    const route = `${tableId} ${destination} ${change.peeringId}`;
    this.#countRepair(route);
  }
}

/** The state at an earlier instant: what came after it had not happened then. */
function stateBefore(peering: PeeringRecord, atMs: number): string {
  const { accepted, deletion, rejectedAt } = peering;
  return stateAt(
    {
      ...peering,
      accepted: accepted !== undefined && accepted.at <= atMs ? accepted : undefined,
      deletion: deletion !== undefined && deletion.at <= atMs ? deletion : undefined,
      rejectedAt: rejectedAt !== undefined && rejectedAt <= atMs ? rejectedAt : undefined,
    },
    atMs,
  );
}

export const isRead = ({ action }: Call): boolean => /^(Describe|Get)/.test(action);

const lookKey = ({ traceId, caller, region }: Call): string => `${traceId} ${caller.accountId} ${region}`;

/** How far what autopeer reads may lag behind what is, in this run. */
const slackOf = ({ plan }: Stage): number =>
  plan.faults.reduce((sum, fault) => {
    if (fault.kind === 'stale-read') return sum + STALE_MS;
    return fault.kind === 'read-lag' ? sum + fault.lagMs : sum;
  }, 0);

const known = new Map<string, CompiledPolicy>();

/** Policies of the plan are never faulty. */
export function compiled(text: string): CompiledPolicy {
  const before = known.get(text);
  if (before !== undefined) return before;
  const loaded = loadPolicy(text);
  if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(({ message }) => message).join('; '));
  if (known.size > 100) known.clear();
  const policy = loaded.policies.whole();
  known.set(text, policy);
  return policy;
}
