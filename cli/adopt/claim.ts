import * as z from 'zod';
import { sendCommand, type HubOptions, type HubPlatform } from '../hub-command.ts';
import type { ExitCode, Io } from '../io.ts';
import { printable } from '../policy/files.ts';

const claimSchema = z.object({ peering: z.string(), claiming: z.boolean(), by: z.string().optional() });

/** `autopeer adopt --claim PEERING`: sends the command, and prints its outcome. */
export const claim = (
  peering: string,
  options: HubOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    { verb: 'claim', input: { peering }, result: claimSchema, text: claimText, whyNot },
    options,
    io,
    platform,
  );

const claimText = ({ peering, by }: z.infer<typeof claimSchema>): string =>
  [
    `${peering} is looked at now: its routes that the policy wants become autopeer's; recorded as claimed by ${by}`,
    `autopeer show ${peering} says afterwards whose each route is. What the policy does not want stays somebody else's.`,
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');

const whyNot = ({ peering, claiming }: z.infer<typeof claimSchema>): string | undefined =>
  claiming
    ? undefined
    : `autopeer remembers nothing of ${peering}: allow it in the policy, without dryRun, and wait for the next sweep`;
