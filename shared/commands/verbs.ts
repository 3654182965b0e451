import type { Verb } from '../domain/work/command.ts';
import { approve, listApprovals, listPending, reject, revoke } from './approvals.ts';
import { releaseBrake, showBrake } from './brake.ts';
import type { Command } from './command.ts';
import { claimRoutes, releasePeering } from './contests.ts';
import { showHealth } from './health.ts';
import { dropLetters, listLetters, retryLetters, showLetters } from './dead-letters.ts';
import { showHistory, showLog, whoLetIn } from './history.ts';
import { resume, showStatus, suspend } from './suspension.ts';

/** Every verb. Who may use one is the setting `commandCallers` of serverless.yml. */
export const COMMANDS: Readonly<Record<Verb, Command>> = {
  pending: listPending,
  approve,
  reject,
  revoke,
  approvals: listApprovals,
  history: showHistory,
  'who-let-in': whoLetIn,
  log: showLog,
  'brake release': releaseBrake,
  'brake show': showBrake,
  release: releasePeering,
  claim: claimRoutes,
  suspend,
  resume,
  status: showStatus,
  health: showHealth,
  'dead-letters list': listLetters,
  'dead-letters show': showLetters,
  'dead-letters retry': retryLetters,
  'dead-letters drop': dropLetters,
};
