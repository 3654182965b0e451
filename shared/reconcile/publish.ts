import type { DetailType, DomainEvent, NoticeDetail } from '../domain/notice.ts';
import type { Observed } from '../domain/observed.ts';
import type { StepResult } from '../domain/outcome.ts';
import type { PeeringSide } from '../domain/peering.ts';
import type { Step } from '../domain/plan.ts';
import type { EventBus } from './ports.ts';
import type { Hint, Reconciled } from './reconcile.ts';

/** Tells the hub's bus what happened. Says nothing when nothing did. */
export async function publish(reconciled: Reconciled, hint: Hint, bus: EventBus): Promise<void> {
  const detailType = detailTypeOf(reconciled, hint);
  if (detailType === undefined) return;
  await bus.publish([toEvent(detailType, reconciled)]);
}

/**
 * A change is told when it was made. On a redelivery the last run may have made it and died before it could
 * tell, so the state is told again then: people would rather read it twice than never.
 */
function detailTypeOf(
  { verdict, results, outcome, observed }: Reconciled,
  hint: Hint,
): DetailType | undefined {
  const isNews = results.some(isNewsworthy) || hint.isRedelivery;
  switch (verdict.kind) {
    case 'wait':
    case 'ignore':
      return undefined;
    case 'hold':
      return isNews ? 'Peering Held' : undefined;
    case 'unsanctioned':
      return isNews ? 'Peering Unsanctioned' : undefined;
    case 'reject':
      return outcome.kind === 'refused' ? 'Peering Rejected' : undefined;
    case 'clean-up':
      if (observed.kind === 'ended' && observed.peering.state === 'failed') return 'Peering Failed';
      return isNews ? 'Peering Cleaned Up' : undefined;
    case 'connect':
      if (outcome.kind === 'waiting') return undefined;
      if (results.some((result) => result.kind === 'blocked' && result.step.kind === 'accept'))
        return 'Peering Held';
      return isNews ? 'Peering Connected' : undefined;
  }
}

/** What is refused for good is tried again with each look; people were told with the status that the tags have. */
function isNewsworthy({ kind, step }: StepResult): boolean {
  if (kind === 'blocked') return step.kind === 'accept' || step.kind === 'create-route';
  return kind === 'done' && step.kind !== 'await-active';
}

/** The status tags only say what the notice says. */
const isChange = (result: StepResult): boolean =>
  result.kind === 'done' && result.step.kind !== 'await-active' && result.step.kind !== 'tag';

function toEvent(detailType: DetailType, reconciled: Reconciled): DomainEvent {
  const { observed, verdict, results, outcome, plan } = reconciled;
  const reason = detailType === 'Peering Held' ? outcome.because : verdict.because;
  const detail: NoticeDetail = {
    version: 1,
    peeringId: plan.peeringId,
    ...sidesOf(observed),
    state: stateAfter(observed, results),
    ...('rule' in verdict && verdict.rule !== undefined ? { rule: verdict.rule } : {}),
    reason: { code: reason.code, text: reason.text },
    changes: results.filter(isChange).map(({ step }) => describeStep(step)),
    problems: [...problemsOf(reconciled)],
  };
  return { detailType, detail };
}

/** The state in which our own steps have left the peering. */
function stateAfter(observed: Observed, results: readonly StepResult[]): string {
  if (observed.kind === 'not-found' || observed.kind === 'not-governed') return 'not-found';
  const did = (kind: Step['kind']): boolean =>
    results.some((result) => result.kind === 'done' && result.step.kind === kind);
  if (did('reject')) return 'rejected';
  return did('await-active') ? 'active' : observed.peering.state;
}

function sidesOf(observed: Observed): Pick<NoticeDetail, 'requester' | 'accepter'> {
  if (observed.kind === 'not-found' || observed.kind === 'not-governed') return {};
  const location = ({ accountId, region, vpcId }: PeeringSide) => ({ accountId, region, vpcId });
  return {
    requester: location(observed.peering.requester),
    accepter: location(observed.peering.accepter),
  };
}

function problemsOf({ verdict, results }: Pick<Reconciled, 'verdict' | 'results'>): readonly string[] {
  const blocked = results.flatMap((result) => (result.kind === 'blocked' ? [result.problem] : []));
  return verdict.kind === 'connect' ? [...blocked, ...verdict.problems] : blocked;
}

/** A step in words, for notices, dry runs and timelines. */
export function describeStep(step: Step): string {
  const where = `${step.at.accountId} ${step.at.region}`;
  switch (step.kind) {
    case 'accept':
      return `accept the peering in ${where}`;
    case 'reject':
      return `reject the peering in ${where}`;
    case 'delete-peering':
      return `delete the peering from ${where}`;
    case 'await-active':
      return 'wait until the peering is active';
    case 'create-route':
      return `route ${step.destination} to the peering in ${step.routeTableId}, ${where}`;
    case 'delete-route':
      return `remove the route to ${step.destination} from ${step.routeTableId}, ${where}`;
    case 'tag':
      return `tag the peering ${step.tags['autopeer:status']} in ${where}`;
    case 'enable-dns':
      return `enable DNS resolution for the ${step.roles.join(' and ')} in ${where}`;
  }
}
