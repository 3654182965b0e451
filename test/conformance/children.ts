import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { processEnv } from '../../shared/settings.ts';

/** How long a server may take until it answers; a busy machine starts Python slowly. */
const READY_WITHIN_MS = 60_000;
const POLL_EVERY_MS = 100;
/** A server that does not end by SIGTERM within this is killed. */
const STOP_WITHIN_MS = 5_000;
/** So much of what a child printed is shown when it fails. */
const TAIL_CHARACTERS = 4_000;

/** What is still running; none of it may outlive this process. */
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Ends by `process.exit`, so that the listener above runs.
  process.once(name, () => process.exit(1));
}

/** The whole process group: a server may be started by a script that is started by us. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended in this moment.
  }
}

/** A program that the tests run, with all that it printed. */
export interface Child {
  /** The end of what it printed, for messages. */
  tail(): string;
  readonly process: ChildProcess;
}

/** @param env beside this process's own; undefined takes a variable away */
export function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Child {
  const child = spawn(command, args, {
    env: { ...processEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString('utf8')).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', (error) => {
    running.delete(child);
    printed += `${command}: ${error.message}`;
  });
  return { process: child, tail: () => printed };
}

export async function stop({ process: child }: Child): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  signal(child, 'SIGTERM');
  await Promise.race([ended, delay(STOP_WITHIN_MS, undefined, { ref: false })]);
  signal(child, 'SIGKILL');
}

/** Waits for a program's end. @throws Error with the end of what it printed, unless its exit code is 0 */
export async function finish(child: Child, withinMs: number): Promise<void> {
  const { process: running } = child;
  if (running.exitCode === null && running.signalCode === null) {
    const ended = once(running, 'close');
    await Promise.race([ended, delay(withinMs, undefined, { ref: false })]);
  }
  if (running.exitCode === 0) return;
  const how =
    running.exitCode === null ? `did not end within ${withinMs} ms` : `exit code ${running.exitCode}`;
  await stop(child);
  throw new Error(`${running.spawnargs.join(' ')}: ${how}\n${child.tail()}`);
}

/** Polls until the server answers anything. @throws Error when it ends before, or takes too long */
export async function untilReady(child: Child, url: string): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (!running.has(child.process)) throw new Error(`the server ended at once:\n${child.tail()}`);
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await delay(POLL_EVERY_MS);
  }
  throw new Error(`${url} did not answer within ${READY_WITHIN_MS} ms:\n${child.tail()}`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
