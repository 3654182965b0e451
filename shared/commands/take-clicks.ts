import type { Clock, Log } from '../domain/work/log.ts';
import { readClick, type SlackClick, type SlackDoor } from './slack-door.ts';

export interface ClickDeps {
  /** What people put into Parameter Store; nothing where they did not. */
  door(): Promise<SlackDoor | undefined>;
  queue(click: SlackClick): Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** As a function URL takes it. Slack shows the person a warning where it is not 200. */
interface ClickAnswer {
  readonly statusCode: 200 | 401 | 405 | 413;
  readonly body: '';
}

/** Takes a click of Slack, and says so. What comes of it the person sees in the message. */
export async function takeClick(event: unknown, deps: ClickDeps): Promise<ClickAnswer> {
  const door = await deps.door();
  const answer =
    door === undefined
      ? ({ kind: 'refused', status: 401, why: 'not-set-up' } as const)
      : readClick(event, door, deps.clock.now());
  switch (answer.kind) {
    case 'refused':
      deps.log.write({ code: 'slack.refused', reason: answer.why });
      return { statusCode: answer.status, body: '' };
    case 'nothing':
      return { statusCode: 200, body: '' };
    case 'click':
      await deps.queue(answer.click);
      return { statusCode: 200, body: '' };
  }
}
