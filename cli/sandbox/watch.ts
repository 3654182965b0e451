import { Option, type Command } from 'commander';
import { printable } from '../../shared/domain/words/foreign-text.ts';
import { manual, type ExitCode, type Io } from '../io.ts';
import { DEFAULT_PORT, MAX_PORT, wholeNumber } from './numbers.ts';
import { isUnreachable, tellUnreachable } from './unreachable.ts';
import { untilStopped } from './until-stopped.ts';
import { newsOf, type News } from './watch-news.ts';

const HELP = `
Prints what people want to see of a sandbox that runs on this machine, a line each, as it happens: what people ask of peerings,
what autopeer decides, what it tells, and what fails. It ends with Ctrl-C.

Exit code: 0; 2 if no sandbox answers there.

Examples:
  $ autopeer sandbox watch
  $ autopeer sandbox watch -o json | jq -r .text`;

interface Options {
  readonly port: number;
  readonly output: 'text' | 'json';
}

/** `autopeer sandbox watch`: what happens in a running sandbox. */
export function addWatch(sandbox: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  sandbox
    .command('watch')
    .description('print what happens in a sandbox that runs on this machine')
    .addOption(
      new Option('-o, --output <format>', 'text, or JSON lines').choices(['text', 'json']).default('text'),
    )
    .option('--port <number>', 'where the sandbox listens', wholeNumber(1, MAX_PORT), DEFAULT_PORT)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => finish(await watch(options, io, untilStopped)));
}

/**
 * Prints until `stopped` resolves, or the sandbox ends.
 *
 * @param stopped is called once the sandbox has answered
 */
export async function watch(
  { port, output }: Options,
  io: Pick<Io, 'stdout' | 'stderr'>,
  stopped: () => Promise<void>,
): Promise<ExitCode> {
  const end = new AbortController();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/_autopeer/events`, { signal: end.signal });
    if (!response.ok || response.body === null) {
      io.stderr.write(`autopeer: what listens on port ${port} is no sandbox\n`);
      return 2;
    }
    void stopped().then(() => end.abort());
    if (output === 'text') io.stderr.write('watching; Ctrl-C ends it\n');
    for await (const { kind, data } of eventsOf(response.body)) {
      for (const news of newsOf(kind, data)) io.stdout.write(`${lineOf(news, output)}\n`);
    }
    io.stderr.write('autopeer: the sandbox has ended\n');
    return 0;
  } catch (error) {
    if (end.signal.aborted) return 0;
    if (!isUnreachable(error)) throw error;
    tellUnreachable(io, port);
    return 2;
  }
}

const lineOf = (news: News, output: Options['output']): string =>
  output === 'json'
    ? printable(JSON.stringify(news))
    : printable(`${news.at.slice(11, 19)}  ${news.kind.padEnd(8)}  ${news.text}`);

/**
 * Server-sent events, as the sandbox writes them: each has one line of data.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<{ kind: string; data: unknown }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const kind = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (kind !== undefined && data !== undefined) yield { kind, data: JSON.parse(data) };
    }
  }
}
