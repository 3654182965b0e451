import type { Command } from 'commander';
import type { Installation } from './installation.ts';
import type { Io } from './io.ts';
import { programOf, run } from './program.ts';

/** How wide help is in the documentation. */
const COLUMNS = 100;

/** The help of every command, as docs/cli.md has it. */
async function referenceText(installation: Installation): Promise<string> {
  const sections: string[] = [];
  const io = (write: (text: string) => void): Io => ({
    stdout: { write },
    stderr: { write },
    color: false,
    columns: COLUMNS,
    installation,
    now: () => 0,
    readFile: () => Promise.reject(new Error('help reads no file')),
  });
  const names = namesOf(
    programOf(
      io(() => undefined),
      () => undefined,
    ),
  );
  for (const name of [[], ...names]) {
    let help = '';
    await run(
      [...name, '--help'],
      io((text) => (help += text)),
    );
    sections.push(`## \`${['autopeer', ...name].join(' ')}\`\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`);
  }
  return sections.join('\n');
}

/** Every command with its full name, the program itself apart. */
export function namesOf(command: Command, name: readonly string[] = []): readonly (readonly string[])[] {
  const own = command.commands.filter((sub) => sub.name() !== 'help');
  return own.flatMap((sub) => {
    const full = [...name, sub.name()];
    return [full, ...namesOf(sub, full)];
  });
}

/** What stands before the reference in docs/cli.md. */
export const REFERENCE_MARK = '<!-- `npm run docs:cli` writes what follows. -->\n\n';

/** The page with its reference anew; what people wrote stays. */
export async function pageWithReference(page: string, installation: Installation): Promise<string> {
  const [written] = page.split(REFERENCE_MARK);
  return `${written}${REFERENCE_MARK}${await referenceText(installation)}`;
}
