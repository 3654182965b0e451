import { createHandler as commands } from '../../handlers/commands.ts';
import { createHandler as answerSlack } from '../../handlers/answer-slack.ts';
import { createHandler as intake } from '../../handlers/intake.ts';
import { createHandler as notify } from '../../handlers/notify.ts';
import { createHandler as onDeadLetter } from '../../handlers/on-dead-letter.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as reconcilePeering } from '../../handlers/reconcile-peering.ts';
import { createHandler as slackActions } from '../../handlers/slack-actions.ts';
import { createHandler as startSweep } from '../../handlers/start-sweep.ts';
import { createHandler as sweepAccount } from '../../handlers/sweep-account.ts';
import { createHandler as tellSlack } from '../../handlers/tell-slack.ts';
import type { CreateHandler } from '../../shared/platform.ts';

/** The shipped handlers by their paths, imported as they are so that one bundle holds a whole simulation. */
export const HANDLERS: Readonly<Record<string, { readonly createHandler: CreateHandler }>> = {
  'handlers/commands': { createHandler: commands },
  'handlers/answer-slack': { createHandler: answerSlack },
  'handlers/intake': { createHandler: intake },
  'handlers/notify': { createHandler: notify },
  'handlers/on-dead-letter': { createHandler: onDeadLetter },
  'handlers/recheck': { createHandler: recheck },
  'handlers/reconcile-peering': { createHandler: reconcilePeering },
  'handlers/slack-actions': { createHandler: slackActions },
  'handlers/start-sweep': { createHandler: startSweep },
  'handlers/sweep-account': { createHandler: sweepAccount },
  'handlers/tell-slack': { createHandler: tellSlack },
};
