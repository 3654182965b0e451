import { createReadStream } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { isatty } from 'node:tty';
import picocolors from 'picocolors';
import { FileTooLargeError } from './io.ts';
import { run } from './program.ts';

// What is loaded from here on, and that is a whole simulated AWS for some commands, starts twice as fast the next time.
enableCompileCache();

async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // As a stream, because the size of a pipe or a device is not known beforehand.
  for await (const chunk of createReadStream(path)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a stream without an encoding yields bytes');
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new FileTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// `autopeer parse … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// Sets the code and returns, so that what is still in the pipe gets written.
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  // A pipe gets no colors, also where CI is set, which picocolors takes for a terminal.
  color: isatty(process.stdout.fd) && picocolors.isColorSupported,
  readFile,
});
