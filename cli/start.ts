import { createReadStream } from 'node:fs';
import * as nodeModule from 'node:module';
import { isatty } from 'node:tty';
import { processEnv } from '../shared/settings.ts';
import { hasColor } from './color.ts';
import { faultText } from './fault-text.ts';
import type { Installation } from './installation.ts';
import { FileTooLargeError, STDIN, UnreadableFileError, type Io } from './io.ts';
import { run } from './program.ts';
import { columnsOf } from './width.ts';

/** Runs the command in this process, whose exit code it sets. */
export async function start(installation: Installation): Promise<void> {
  // What is loaded from here on, and that is a whole simulated AWS for some commands, starts twice as fast the next time.
  // Node 20 has no such cache.
  if ('enableCompileCache' in nodeModule) nodeModule.enableCompileCache();
  endQuietlyWithoutReader();
  const env = processEnv();
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
    color: hasColor(env, isatty(process.stdout.fd)),
    columns: columnsOf(env, process.stdout.columns),
    now: Date.now,
    // The SDK reads it whenever it makes a client, and with a profile it looks at no keys of the environment.
    useProfile: (name) => void Object.assign(env, { AWS_PROFILE: name }),
    readFile,
    installation,
  };
  // What fails beside the command, and is heard by nobody.
  process.once('uncaughtException', (error) => {
    process.stderr.write(faultText(error, env));
    process.exit(2);
  });
  try {
    // Sets the code and returns, so that what is still in the pipe gets written.
    process.exitCode = await run(process.argv.slice(2), io);
  } catch (error) {
    process.stderr.write(faultText(error, env));
    process.exitCode = 2;
  }
}

/** `autopeer parse … | head` closes the pipe early, which is no failure. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

let isStdinRead = false;

async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  if (path === STDIN && isStdinRead)
    throw new UnreadableFileError('is standard input, which can be read once only');
  isStdinRead ||= path === STDIN;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // As a stream, because the size of a pipe or a device is not known beforehand.
  for await (const chunk of path === STDIN ? process.stdin : createReadStream(path)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a stream without an encoding yields bytes');
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new FileTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
