import { InvalidArgumentError, type Command } from 'commander';
import { askHub, type HubOptions, type HubPlatform } from '../hub-command.ts';
import type { Io } from '../io.ts';
import type { Ask } from '../questions.ts';
import { parseReason } from '../reason.ts';
import { parsePeering } from '../suspension/release.ts';
import { pendingSchema, shortFingerprint, waitingLines, type Waiting } from './words.ts';

export interface AnswerOptions extends HubOptions {
  readonly fingerprint?: string;
  readonly yes: boolean;
  readonly reason?: string;
}

/** `sha256:` and enough digits to mean one thing. */
const FINGERPRINT = /^(?:sha256:)?([0-9a-f]{12,64})$/;

export const withAnswerOptions = (command: Command): Command =>
  command
    .argument('<peering>', 'its id', parsePeering)
    .option(
      '--fingerprint <sha256>',
      'of what you were shown, at least 12 digits: nothing is asked, and nothing else is answered',
      parseFingerprint,
    )
    .option('--yes', 'answer to whatever waits now, without a question', false)
    .option('--reason <text>', 'why, for everybody who looks it up', parseReason);

/**
 * What waits, once the person has seen it and said that this is what he means.
 *
 * @returns nothing once people have been told why nothing is answered
 */
export async function confirmed(
  peering: string,
  verb: 'approve' | 'reject',
  { fingerprint, yes, ...options }: AnswerOptions,
  { io, platform, ask }: { readonly io: Io; readonly platform: HubPlatform; readonly ask: Ask | undefined },
): Promise<Waiting | undefined> {
  const request = { verb: 'pending', input: { peering }, result: pendingSchema } as const;
  const answer = await askHub(request, options, io, platform);
  if (answer === undefined) return undefined;
  const refuse = (why: string): undefined => {
    io.stderr.write(`autopeer: ${why}\n`);
    return undefined;
  };
  const [waiting] = answer.waiting;
  if (waiting === undefined)
    return refuse(
      `nothing of ${peering} waits for an approval now; autopeer approvals ${peering} says what people answered`,
    );
  const shown = `${waitingLines(waiting).join('\n')}\n`;
  if (fingerprint !== undefined) {
    if (waiting.fingerprint.startsWith(`sha256:${fingerprint}`)) return waiting;
    io.stderr.write(shown);
    return refuse(
      `this waits now, and it is not what you were shown: ${shortFingerprint(waiting.fingerprint)}`,
    );
  }
  io.stderr.write(shown);
  if (yes) return waiting;
  if (ask === undefined)
    return refuse('say --fingerprint of what you were shown, or --yes, where nobody can be asked');
  const said = await ask(`${verb} exactly this? yes or no`, 'no', (text) => text === 'yes' || text === 'no');
  return said === 'yes' ? waiting : refuse('nothing was answered');
}

function parseFingerprint(text: string): string {
  const [, digits] = FINGERPRINT.exec(text) ?? [];
  if (digits !== undefined) return digits;
  throw new InvalidArgumentError('Write at least 12 hexadecimal digits of the fingerprint.');
}
