import { freePort, start, stop, untilReady, type Child } from '../children.ts';

/** A sandbox of this project, running as its users run it. */
export interface SandboxServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A virtual minute in a second: what takes autopeer half a minute is there at once. */
const SPEED = 60;

export async function startSandbox(
  seed: number,
  { speed = SPEED, policy }: { readonly speed?: number; readonly policy?: string } = {},
): Promise<SandboxServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = ['--port', String(port), '--speed', String(speed), '--seed', String(seed)];
  if (policy !== undefined) options.push('--policy', policy);
  const child: Child = start(process.execPath, ['cli/autopeer.ts', 'sandbox', ...options]);
  await untilReady(child, `${url}/_autopeer/health`);
  return { url, stop: () => stop(child) };
}
