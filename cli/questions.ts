import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';

/** Asks a person until the answer is one; an empty answer is the fallback. */
export type Ask = (question: string, fallback: string, is: (text: string) => boolean) => Promise<string>;

/** Questions on the terminal; nothing where there is none. They go to stderr, since stdout is for results. */
export function terminalQuestions(): Ask | undefined {
  if (!isatty(process.stdin.fd) || !isatty(process.stderr.fd)) return undefined;
  return async (question, fallback, is) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      for (;;) {
        const shown = fallback === '' ? '' : ` [${fallback}]`;
        const answer = (await lines.question(`${question}${shown}: `)).trim() || fallback;
        if (is(answer)) return answer;
        process.stderr.write('That is not of the form that is asked for.\n');
      }
    } finally {
      lines.close();
    }
  };
}
