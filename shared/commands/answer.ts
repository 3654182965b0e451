import { mayUse, parseVerb, VERBS, type CommandCallers } from '../domain/work/command.ts';
import type { AccountId } from '../domain/facts/ids.ts';
import type { Log } from '../domain/work/log.ts';
import { readCall } from './call.ts';
import type { CommandTools } from './command.ts';
import { COMMANDS } from './verbs.ts';

export interface CommandDeps extends CommandTools {
  readonly callers: CommandCallers;
  readonly hubAccountId: AccountId;
  readonly log: Log;
}

/** As a function URL takes it. */
export interface CommandAnswer {
  readonly statusCode: 200 | 400 | 403 | 404 | 405 | 413;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON: `result`, or `message` where nothing was done. */
  readonly body: string;
}

/**
 * Does what a person asks for, if he may, and logs who asked for what. What fails on the way is thrown: Lambda answers 502,
 * and whoever asks again does no harm.
 *
 * @param event of the function's URL; any other is refused
 */
export async function answerCommand(event: unknown, deps: CommandDeps): Promise<CommandAnswer> {
  const call = readCall(event);
  if (call.kind === 'no-caller') {
    deps.log.write({ code: 'command.refused', caller: 'nobody', verb: '-', reason: 'no-caller' });
    return refusal(
      403,
      'Commands come through the function’s URL, signed: AWS did not say who sends this one.',
    );
  }
  const { caller } = call;
  const refused = (
    verb: string,
    reason: string,
    statusCode: CommandAnswer['statusCode'],
    message: string,
  ) => {
    deps.log.write({ code: 'command.refused', caller: caller.arn, verb, reason });
    return refusal(statusCode, message);
  };
  if (call.kind === 'malformed') return refused('-', 'malformed', call.status, call.why);
  const verb = parseVerb(call.verb);
  if (verb === undefined) {
    return refused('-', 'unknown-verb', 404, `There is no such command. There are: ${VERBS.join(', ')}.`);
  }
  if (!mayUse(caller, verb, deps)) {
    const why = `${caller.principal} may not use "${verb}": the setting commandCallers of the hub does not list it.`;
    return refused(verb, 'not-allowed', 403, why);
  }
  const prepared = COMMANDS[verb].prepare(call.input);
  if (prepared.kind === 'faulty') return refused(verb, 'bad-input', 400, prepared.why);
  const result = await prepared.run(caller, deps);
  deps.log.write({ code: 'command.done', caller: caller.arn, verb });
  return answer(200, { result });
}

const refusal = (statusCode: CommandAnswer['statusCode'], message: string): CommandAnswer =>
  answer(statusCode, { message });

const answer = (statusCode: CommandAnswer['statusCode'], body: object): CommandAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
