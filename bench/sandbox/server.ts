import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A sandbox in a process of its own, as people run it. */
export interface Started {
  readonly url: string;
  /** From the start of the process until it printed its address. */
  readonly startMs: number;
  /** The most memory that it has held until now. */
  peakRssBytes(): Promise<number>;
  stop(): Promise<void>;
}

const READY = /^autopeer sandbox, world .*: (http:\/\/\S+)$/m;

export async function startServer(world: string): Promise<Started> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, ['cli/autopeer.ts', 'sandbox', '--port', '0', '--world', world], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await address(child);
  const startMs = performance.now() - startedAtMs;
  return {
    url,
    startMs,
    peakRssBytes: async () => peakOf(child) ?? (await reportedRss(url)),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const url = READY.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code} before it was ready`)));
  });
}

/** Linux counts the high-water mark; elsewhere the sandbox says what it holds now. */
function peakOf({ pid }: ChildProcess): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

async function reportedRss(url: string): Promise<number> {
  const health: unknown = await (await fetch(`${url}/_autopeer/health`)).json();
  const rss: unknown = typeof health === 'object' && health !== null ? Reflect.get(health, 'rssBytes') : 0;
  return Number(rss);
}
