import { CommanderError, InvalidArgumentError } from 'commander';
import type { Told } from '../../console/source.ts';
import type { ExitCode, Io } from '../io.ts';

/**
 * Runs a command and keeps what it writes: the page shows what the command would, because it is the command.
 *
 * @param files texts in the place of files, by name
 */
export async function captured(
  io: Io,
  files: Readonly<Record<string, string>>,
  command: (io: Io) => Promise<ExitCode>,
): Promise<Told> {
  let [json, errors] = ['', ''];
  const own: Io = {
    ...io,
    color: false,
    stdout: { write: (text) => (json += text) },
    stderr: { write: (text) => (errors += text) },
    readFile: (path, maxBytes) => {
      const text = files[path];
      return text === undefined ? io.readFile(path, maxBytes) : Promise.resolve(Buffer.from(text));
    },
  };
  try {
    await command(own);
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof InvalidArgumentError)) throw error;
    return { kind: 'not-told', why: error.message };
  }
  const notes = errors
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^autopeer: /, ''));
  if (json !== '') return { kind: 'told', json, notes };
  return { kind: 'not-told', why: notes.join('\n') || 'there is no answer' };
}
