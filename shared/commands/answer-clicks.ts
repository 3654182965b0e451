import * as z from 'zod';
import { slackSpeaker, type Speaker } from '../domain/facts/caller.ts';
import { parseSlackUserId, type SlackUserId } from '../domain/facts/slack-ids.ts';
import { changesSince } from '../domain/policy/decision/fingerprint.ts';
import type { Deadline } from '../domain/work/deadline.ts';
import type { Log } from '../domain/work/log.ts';
import { section, escapedWithin, type SlackMessage } from '../notices/slack-blocks.ts';
import { ACTIONS } from '../notices/slack-peering.ts';
import type { SlackDeps } from '../notices/slack-ports.ts';
import { showAnew } from '../notices/tell-slack.ts';
import { handleBatch, type BatchAnswer, type Returns } from '../reconcile/batch.ts';
import type { NotingDeps } from '../reconcile/failure-notes.ts';
import { approveAs, rejectAs, type AnswerTools, type ShownAnswer } from './approvals.ts';
import { fingerprint, peering } from './inputs.ts';

export interface AnswerClickDeps extends NotingDeps {
  readonly tools: AnswerTools;
  /** The bot; nothing where people have taken its token away: then no click counts. */
  slack(): Promise<SlackDeps | undefined>;
  readonly returns: Returns;
  readonly log: Log;
}

const VERBS = { [ACTIONS.approve]: 'approve', [ACTIONS.reject]: 'reject' } as const;

const clickSchema = z
  .object({
    user: z.custom<SlackUserId>((value) => parseSlackUserId(value) !== undefined, 'not a Slack user'),
    action: z.enum([ACTIONS.approve, ACTIONS.reject]),
    /** As slack-peering.ts writes it into the button. */
    value: z
      .string()
      .transform((value) => value.split(' '))
      .pipe(z.tuple([peering, fingerprint])),
    at: z.int().nonnegative(),
  })
  .transform(({ user, action, value: [id, shown], at }) => ({
    user,
    verb: VERBS[action],
    answer: { peering: id, fingerprint: shown, saidAt: at },
  }));
type Click = z.infer<typeof clickSchema>;

/** Answers the clicks of a queue, each as often as it comes: twice is once. */
export function answerClicks(
  event: unknown,
  deps: AnswerClickDeps,
  deadline: Deadline,
): Promise<BatchAnswer> {
  const { log, returns } = deps;
  return handleBatch(event, { deadline, returns, noting: deps }, async ({ body, messageId }) => {
    try {
      await deadline.keep(() => answerClick(body, deps));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.write({ code: 'click.failed', messageId, reason });
      throw error;
    }
  });
}

async function answerClick(body: string, deps: AnswerClickDeps): Promise<void> {
  const click = clickSchema.safeParse(JSON.parse(body)).data;
  const slack = await deps.slack();
  // Of a button that is not ours, or of a Slack that is not there any more: nobody waits for it.
  if (click === undefined || slack === undefined) {
    deps.log.write({ code: 'slack.refused', reason: 'unknown-click' });
    return;
  }
  const { user, verb, answer } = click;
  const known = await slack.posts.read(answer.peering);
  const speaker = await speakerOf(click, deps, slack);
  const done = await (verb === 'approve' ? approveAs : rejectAs)(answer, speaker, deps.tools);
  if (done.done) deps.log.write({ code: 'command.done', caller: speaker.arn, verb });
  else deps.log.write({ code: 'command.refused', caller: speaker.arn, verb, reason: 'not-done' });
  await showAnew(answer.peering, slack);
  if (done.done) return;
  const changes = await changesOf(answer, known?.post.asked, deps);
  const channel = known?.post.channel ?? slack.channel;
  await slack.web.whisper(channel, user, whisperOf(`${answer.peering}: ${done.why}.`, changes));
}

/** With those groups, of the ones that the request asks for, that have the person as a member now. */
async function speakerOf(
  { user, answer: { peering: id } }: Click,
  { tools }: AnswerClickDeps,
  { web }: SlackDeps,
): Promise<Speaker> {
  const by = (await tools.approvals.askedOf(id))?.subject.terms.by ?? [];
  const groups = [...new Set(by.flatMap(({ slackGroups = [] }) => slackGroups))];
  const members = await Promise.all(groups.map((group) => web.membersOf(group)));
  return slackSpeaker(
    user,
    groups.filter((_group, index) => members[index]?.includes(user) === true),
  );
}

/** What differs between what the person saw and what waits now, as far as the last message tells. */
async function changesOf(
  { peering: id, fingerprint: shown }: ShownAnswer,
  before: { readonly fingerprint: string; readonly subject: Parameters<typeof changesSince>[0] } | undefined,
  { tools }: AnswerClickDeps,
): Promise<readonly string[]> {
  const now = await tools.approvals.askedOf(id);
  if (now === undefined || now.fingerprint === shown) return [];
  const changes = before?.fingerprint === shown ? changesSince(before.subject, now.subject) : [];
  return [...changes, 'The message shows what waits now.'];
}

function whisperOf(why: string, changes: readonly string[]): SlackMessage {
  const text = escapedWithin(['Nothing was done.', why, ...changes].join('\n'));
  return { text, unfurl_links: false, unfurl_media: false, link_names: false, blocks: [section(text)] };
}
