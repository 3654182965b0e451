import { atMost } from '../domain/words/at-most.ts';
import type { Memory } from '../domain/memory/memory.ts';
import type { DetailType, DomainEvent, NoticeDetail, Title } from '../domain/words/notice.ts';
import type { RoutePicture } from '../domain/connection/compare.ts';
import type { Ask } from '../domain/connection/answers.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import { MAX_SENTENCES } from '../domain/connection/obstacles.ts';
import type { Cidr } from '../domain/facts/cidr.ts';
import type { Observed, ObservedSide } from '../domain/facts/observed.ts';
import type { StepResult } from '../domain/connection/outcome.ts';
import { ROLES, type Peering, type Role } from '../domain/facts/peering.ts';
import type { Step } from '../domain/connection/step.ts';
import { digestOf, sortedUnique } from '../domain/policy/language/canonical.ts';
import { DRY_RUN, statusOf, toldText } from '../domain/words/status.ts';
import type { Suspension } from '../domain/memory/suspension.ts';
import { askAgainNotes } from '../domain/words/ask-again.ts';
import { changeLines, describeStep } from '../domain/words/words.ts';
import { askIn } from './asking.ts';
import type { Hint } from './decide-on.ts';
import { exactTitle } from './exact-title.ts';
import type { Reconciled } from './reconciled.ts';

/**
 * A sentence has some hundred bytes, of the 256 KB that an SNS message takes.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const MAX_CHANGES = 500;

/** What people are to be told, and how the ledger remembers that they were. */
export interface News {
  readonly event: DomainEvent;
  readonly status: string;
}

/**
 * What there is to tell: a change, or that the peering stands otherwise than people were told. On a redelivery the last
 * run may have made a change and died before it could tell, so how it stands is told again: people would rather read
 * it twice than never.
 */
export function newsOf(reconciled: Reconciled, memory: Memory, hint: Hint): News | undefined {
  const status = standingOf(reconciled);
  if (status === undefined) return undefined;
  const isOld =
    (status === memory.told || isBrakedStill(reconciled, status, memory)) &&
    !hint.isRedelivery &&
    !reconciled.results.some(isChange);
  // Who knows of the peering already is not told that one account may not be asked: no tag could take that back.
  const isUnseenAgain = reconciled.observed.kind === 'unseen' && memory.told !== undefined;
  if (isOld || isUnseenAgain || isOldEnd(reconciled, memory, hint)) return undefined;
  const changes = reconciled.results.filter(isChange).map(({ step }) => step);
  const title = reconciled.isDryRun
    ? undefined
    : exactTitle(reconciled.verdict, changes, memory, hint.isRedelivery);
  return { event: toEvent(detailTypeOf(reconciled), reconciled, title), status };
}

/** People know that the brake holds it; that it is looked at again meanwhile is no news. */
const isBrakedStill = ({ verdict }: Reconciled, status: string, { told }: Memory): boolean =>
  verdict.kind === 'unsanctioned' && verdict.withheld === 'unconfirmed' && told === `${status}|brake`;

/**
 * How the peering stands, as one text that differs whenever people ought to be told; nothing while EC2 settles. It does
 * not depend on the order in which EC2 lists things.
 */
function standingOf({ verdict, plan, isDryRun, outcome, results }: Reconciled): string | undefined {
  const status = statusOf(verdict);
  if (status === undefined) return undefined;
  // A peering that autopeer has deleted is still being deleted, and that is news.
  const isDeleting = results.some(({ kind, step }) => kind === 'done' && step.kind === 'delete-peering');
  if (outcome.kind === 'waiting' && verdict.kind !== 'unsanctioned' && !isDeleting) return undefined;
  if (isDryRun) {
    const planned = plan.stages.flat().map(describeStep);
    const isAsWanted = planned.length === 0 && (verdict.kind === 'connect' || verdict.kind === 'clean-up');
    return isAsWanted ? undefined : [DRY_RUN, toldText(status), digestOfSteps(plan)].join('|');
  }
  if (verdict.kind === 'clean-up') return status.status;
  if (verdict.kind === 'unsanctioned' && verdict.withheld === 'brake') {
    return [toldText(status), 'brake'].join('|');
  }
  const problems = verdict.kind === 'connect' ? verdict.problems : [];
  // Something else to approve is news.
  const ask = askIn(verdict);
  return [toldText(status), ...(ask === undefined ? [] : [shortOf(ask)]), ...problems].join('|');
}

const digestOfSteps = ({ stages }: Reconciled['plan']): string =>
  digestOf(sortedUnique(stages.flat().map(describeStep)));

/** What people are to be told of trial rules; `null` where there is nothing any more, and they are told nothing. */
export interface PlannedNews {
  readonly event: DomainEvent | undefined;
  readonly text: string | null;
}

/** What trial rules would do, where that is something else than what is done. It is told once, and when it changes. */
export function plannedNewsOf(
  { trial, observed, verdict, isDryRun }: Reconciled,
  { planned }: Memory,
): PlannedNews | undefined {
  // What EC2 has not settled is not judged: that is not to say that trial rules would change nothing.
  if (verdict.kind === 'wait' || trial?.verdict.kind === 'wait') return undefined;
  const status = trial === undefined ? undefined : statusOf(trial.verdict);
  if (trial === undefined || status === undefined || isDryRun) {
    return planned === undefined ? undefined : { event: undefined, text: null };
  }
  const text = [toldText(status), digestOfSteps(trial.plan)].join('|');
  if (text === planned) return undefined;
  const event = toEvent('Peering Planned', {
    ...trial,
    observed,
    results: [],
    isDryRun: true,
    suspension: undefined,
  });
  return { event, text };
}

/**
 * The end of a peering is told when something was cleaned up, when it was a failure, or when people were told of the
 * peering before; but not that it is rejected after it was told that autopeer rejects it.
 */
function isOldEnd({ observed, verdict, results }: Reconciled, { told }: Memory, hint: Hint): boolean {
  if (verdict.kind !== 'clean-up' || results.some(isChange)) return false;
  // Nobody whom autopeer may ask sees it, which is not to say that it is gone.
  if (observed.kind !== 'ended') return true;
  const { state } = observed.peering;
  if (state === 'failed' || hint.isRedelivery) return false;
  return told === undefined || (state === 'rejected' && told.startsWith('rejected|'));
}

function detailTypeOf({ verdict, results, observed, isDryRun }: Reconciled): DetailType {
  if (isDryRun) return 'Peering Planned';
  switch (verdict.kind) {
    case 'connect':
      return verdict.standing === 'accepted' ? 'Peering Accepted' : 'Peering Connected';
    case 'hold':
      return verdict.isExpiring ? 'Peering Expiring' : 'Peering Held';
    case 'unsanctioned':
      return verdict.standing === 'unapproved' ? 'Peering Unapproved' : 'Peering Unsanctioned';
    case 'reject':
      return 'Peering Rejected';
    case 'clean-up':
      if (observed.kind === 'ended' && observed.peering.state === 'failed') return 'Peering Failed';
      return results.some(isChange) ? 'Peering Cleaned Up' : 'Peering Ended';
    case 'ignore':
    case 'wait':
      throw new Error(`a verdict to ${verdict.kind} is no news`);
  }
}

/** Whether it changed anything in EC2. The status tags only say what the notice says. */
export const isChange = (result: StepResult): boolean =>
  result.kind === 'done' && result.step.kind !== 'await-active' && result.step.kind !== 'tag';

type Told = Pick<Reconciled, 'observed' | 'verdict' | 'results' | 'plan' | 'isDryRun' | 'suspension'>;

function toEvent(detailType: DetailType, reconciled: Told, title?: Title): DomainEvent {
  const { observed, verdict, results, plan, isDryRun } = reconciled;
  const reason = verdict.because;
  const changed = isDryRun ? plan.stages.flat() : results.filter(isChange).map(({ step }) => step);
  const detail: NoticeDetail = {
    version: 1,
    peeringId: plan.peeringId,
    ...(title === undefined ? {} : { title }),
    ...sidesOf(observed),
    state: stateAfter(observed, results),
    ...('rule' in verdict && verdict.rule !== undefined ? { rule: verdict.rule } : {}),
    reason: { code: reason.code, text: reason.text },
    changes: changed.map(describeStep),
    ...(changed.length === 0 ? {} : { diff: [...changeLines(changed)] }),
    problems: [...problemsOf(reconciled)],
    ...notesOf(reconciled),
  };
  return { detailType, detail: withinLimits(detail) };
}

const withinLimits = (detail: NoticeDetail): NoticeDetail => ({
  ...detail,
  changes: [...atMost(detail.changes, MAX_CHANGES)],
  ...(detail.diff === undefined ? {} : { diff: [...atMost(detail.diff, MAX_CHANGES)] }),
  problems: [...atMost(detail.problems, MAX_SENTENCES)],
});

/** The state in which our own steps have left the peering. */
function stateAfter(observed: Observed, results: readonly StepResult[]): string {
  if (!('peering' in observed)) return 'not-found';
  const did = (kind: Step['kind']): boolean =>
    results.some((result) => result.kind === 'done' && result.step.kind === kind);
  if (did('reject')) return 'rejected';
  return did('await-active') ? 'active' : observed.peering.state;
}

function sidesOf(observed: Observed): Pick<NoticeDetail, 'requester' | 'accepter'> {
  if (!('peering' in observed)) return {};
  const shown = (role: Role): NoticeDetail['requester'] => {
    const { accountId, region, vpcId } = observed.peering[role];
    const side = observed.kind === 'open' ? observed.sides[role] : undefined;
    const vpcName = side?.kind === 'governed' ? (side.network.vpc.tags['Name'] ?? '') : '';
    const cidrs = cidrsOf(side) ?? observed.peering[role].cidrs;
    return {
      accountId,
      region,
      vpcId,
      ...(vpcName === '' ? {} : { vpcName }),
      ...(cidrs.length === 0 ? {} : { cidrs: [...cidrs] }),
    };
  };
  return { requester: shown('requester'), accepter: shown('accepter') };
}

function cidrsOf(side: ObservedSide | undefined): readonly Cidr[] | undefined {
  if (side?.kind === 'governed') return side.network.vpc.cidrs;
  return side === undefined || side.kind === 'suspended' ? undefined : side.cidrs;
}

/** What people are to know, though nobody needs to do anything: told only with what was written. */
function notesOf({
  observed,
  verdict,
  results,
  plan,
  isDryRun,
  suspension,
}: Told): Pick<NoticeDetail, 'notes'> {
  const notes = [
    ...(isDryRun && suspension !== undefined ? [suspendedNote(suspension)] : []),
    ...takenNotes({ verdict, results, plan, isDryRun }),
    ...askNotes(askIn(verdict)),
    ...askAgainNotes(observed),
  ];
  return notes.length === 0 ? {} : { notes: [...atMost(notes, MAX_SENTENCES)] };
}

/** What people are shown before they approve, beside both sides. */
const askNotes = (ask: Ask | undefined): readonly string[] =>
  ask === undefined ? [] : [...ask.shown, ...ask.taken];

const shortOf = ({ fingerprint }: Ask): string => fingerprint.slice('sha256:'.length, 'sha256:'.length + 12);

/** What to do about it. */
const askText = ({ id }: Peering, { kind }: Verdict, ask: Ask): string => {
  const approve = `\`autopeer approve ${id} --fingerprint ${shortOf(ask)}\` approves it as it is now`;
  return kind === 'hold' ? `${approve}, \`autopeer reject\` rejects it` : approve;
};

const suspendedNote = ({ by }: Suspension): string =>
  `nothing was done: ${by} suspended autopeer. A sweep does it after \`autopeer resume\``;

function takenNotes({
  verdict,
  results,
  plan,
  isDryRun,
}: Omit<Told, 'observed' | 'suspension'>): readonly string[] {
  if (verdict.kind !== 'connect') return [];
  const steps = isDryRun ? plan.stages.flat() : results.filter(isChange).map(({ step }) => step);
  const taken = steps.some(({ kind }) => kind === 'create-route') ? verdict.taken : [];
  return [...(verdict.standing === 'accepted' ? leftToOthers(verdict.picture) : []), ...taken];
}

/** Whose routes autopeer leaves to others, a sentence each. */
const leftToOthers = ({ writing }: RoutePicture): readonly string[] =>
  ROLES.flatMap((role) => {
    const how = writing[role];
    if (how?.kind === 'never') return [`autopeer writes no routes for the ${role}: its own people do`];
    if (how?.kind !== 'settle') return [];
    return [
      `autopeer writes those routes of the ${role} that nobody else has written ${how.seconds} seconds after they ` +
        'were first seen missing',
    ];
  });

const WITHHELD = {
  unconfirmed:
    'in ten minutes it is looked at again; if that look finds the same, the guardrail takes effect. ' +
    'Allow the peering in the policy if it is to stay',
  brake:
    'nothing is cut now: within the last hour as many peerings have lost their reachability as guardrails.atMost lets. ' +
    '`autopeer brake release` lets more go on',
} as const;

function problemsOf(reconciled: Pick<Reconciled, 'verdict' | 'results' | 'observed'>): readonly string[] {
  const { verdict, observed } = reconciled;
  const ask = askIn(verdict);
  if (ask === undefined || !('peering' in observed)) return obstaclesOf(reconciled);
  return [...obstaclesOf(reconciled), askText(observed.peering, verdict, ask)];
}

function obstaclesOf({ verdict, results }: Pick<Reconciled, 'verdict' | 'results'>): readonly string[] {
  if (verdict.kind === 'connect') return verdict.problems;
  if (verdict.kind === 'unsanctioned' && verdict.withheld !== undefined) return [WITHHELD[verdict.withheld]];
  return results.flatMap((result) => (result.kind === 'blocked' ? [result.problem] : []));
}
