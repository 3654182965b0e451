import type { Io } from '../../cli/io.ts';
import { FileTooLargeError } from '../../cli/io.ts';
import { sources } from '../../cli/sources.ts';
import { run } from '../../cli/program.ts';

/** The instant at which tests of the command run. */
export const NOW = Date.UTC(2026, 11, 1);

/** What every `Io` of a test has: this clone, a terminal of the usual width, and a clock that stands. */
export const HERE = { columns: 80, now: () => NOW, installation: sources('.') };

/** By path: texts, bytes, errors of the reader. */
export type CliFiles = Readonly<Record<string, string | Uint8Array | Error>>;

/** Runs the `autopeer` command on files in memory. */
export async function runCli(args: readonly string[], files: CliFiles = {}, color = false) {
  let stdout = '';
  let stderr = '';
  const readFile: Io['readFile'] = (path, maxBytes) => {
    const content = files[path];
    if (content === undefined) return Promise.reject(errorWithCode('ENOENT'));
    if (content instanceof Error) return Promise.reject(content);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return bytes.byteLength > maxBytes
      ? Promise.reject(new FileTooLargeError(maxBytes))
      : Promise.resolve(bytes);
  };
  const exitCode = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color,
    ...HERE,
    readFile,
  });
  const json = (): unknown => JSON.parse(stdout);
  return { exitCode, stdout, stderr, lines: stdout.trimEnd().split('\n'), json };
}

export const errorWithCode = (code: string): Error => Object.assign(new Error('quotes /a/path'), { code });
