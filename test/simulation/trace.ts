import { createHash } from 'node:crypto';

import type { RecordedCall } from '../../sim/aws.ts';
import type { Stage } from './stage.ts';

/** Everything that happened, a line each, in its order. The same seed gives the same text, byte for byte. */
export function traceOf(stage: Stage, options: { readonly withReads: boolean }): readonly string[] {
  const { calls } = stage.world.aws;
  const lines: string[] = [];
  let next = 0;
  const upTo = (count: number): void => {
    for (; next < count; next++) {
      const call = calls[next];
      if (call !== undefined && (options.withReads || isOfInterest(call))) lines.push(callLine(stage, call));
    }
  };
  for (const { atMs, callsBefore, text } of stage.notes) {
    upTo(callsBefore);
    lines.push(`${since(stage, atMs)} ${text}`);
  }
  upTo(calls.length);
  return lines;
}

/** What tells two histories apart. */
export function digestOf(stage: Stage): string {
  const hash = createHash('sha256');
  for (const line of traceOf(stage, { withReads: true })) hash.update(line).update('\n');
  for (const { atMs, subject, message } of stage.world.aws.sns.published)
    hash.update(`${atMs} ${subject} ${message}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Reads tell little, and there are many. */
const isOfInterest = ({ action, service, errorCode }: RecordedCall): boolean =>
  errorCode !== undefined ||
  (!/^(Describe|List|Get|Query|AssumeRole|Send)/.test(action) && service !== 'ssm');

function callLine(stage: Stage, call: RecordedCall): string {
  const who = call.traceId === undefined ? 'person' : `autopeer ${call.traceId.slice(0, 4)}`;
  const outcome = call.errorCode === undefined ? '' : ` → ${call.errorCode}`;
  const where = `${call.caller.accountId} ${call.region}`;
  return `${since(stage, call.atMs)} ${who} ${call.service}:${call.action} in ${where} ${inputText(call.input)}${outcome}`;
}

/** Long inputs say nothing more. */
const MAX_INPUT_CHARACTERS = 600;

const inputText = (input: unknown): string => (JSON.stringify(input) ?? '').slice(0, MAX_INPUT_CHARACTERS);

const since = ({ startMs }: Stage, atMs: number): string =>
  `${((atMs - startMs) / 1000).toFixed(3).padStart(10)}s`;
