import { AwsError } from '../../../sim/types.ts';
import type { Step } from '../plan/steps.ts';
import { note, type Stage } from '../stage.ts';
import { answerAsPerson } from './approvers.ts';
import { attack } from './attacker.ts';
import { answerPeering, requestPeering } from './peerings.ts';
import { changeLists } from './lists.ts';
import { changeNetwork } from './network.ts';
import { changePlatform } from './platform.ts';
import { changeRoutes } from './routes.ts';

/**
 * Does one step. What AWS refuses, and what is about something that is not there, is noted and passed over: a step
 * never rests on another one, so that any may be left out.
 */
export async function perform(step: Step, stage: Stage): Promise<void> {
  try {
    const isDone = await act(step, stage);
    note(stage, `step ${describe(step)}${isDone ? '' : ' (nothing to do it to)'}`);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    note(stage, `step ${describe(step)} refused: ${error.code}`);
  }
}

/** Answers false when what the step is about is not there. */
async function act(step: Step, stage: Stage): Promise<boolean> {
  switch (step.kind) {
    case 'request':
      return requestPeering(step, stage);
    case 'accept':
    case 'reject':
    case 'delete-peering':
    case 'forget-peering':
    case 'spoof-status':
    case 'dns-option-off':
    case 'dns-option-on':
    case 'forge-status':
      return answerPeering(step, stage);
    case 'add-cidr':
    case 'remove-cidr':
    case 'add-subnet':
    case 'remove-subnet':
    case 'remove-vpc':
    case 'disassociate-table':
    case 'dns-hostnames':
    case 'tag-vpc':
    case 'untag-vpc':
    case 'tag-table':
    case 'forge-tag':
      return changeNetwork(step, stage);
    case 'foreign-route':
    case 'remove-foreign-routes':
    case 'route-by-hand':
    case 'undo-routes':
    case 'replace-routes':
    case 'snatch-routes':
    case 'wide-route':
      return changeRoutes(step, stage);
    case 'list-route':
    case 'modify-list':
    case 'propagate':
      return changeLists(step, stage);
    case 'move-account':
    case 'suspend-account':
    case 'reopen-account':
    case 'break-role':
    case 'mend-role':
    case 'change-policy':
    case 'double-invocation':
    case 'routes-quota':
    case 'sweep':
      return changePlatform(step, stage);
    case 'look-at-pending':
    case 'answer':
      return answerAsPerson(step, stage);
    case 'forge-event':
    case 'forge-notice':
    case 'replay-event':
      return attack(step, stage);
  }
}

const describe = ({ id, atMs: _atMs, ...deed }: Step): string => `${id} ${JSON.stringify(deed)}`;
