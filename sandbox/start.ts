import { Sandbox } from './sandbox.ts';
import { WorldFileError, type RunOptions } from './running-world.ts';
import { serve, type ServeOptions } from './server.ts';
import { MACHINE_CLOCK } from './wall-clock.ts';
import { welcomeText } from './welcome.ts';
import { readWorldFile, type ReadWorld } from './world-file.ts';
import type { WorldFault } from './world-fault.ts';
import { DEMO_WORLD, EMPTY_WORLD, type WorldSource } from './worlds.ts';

export type ChosenWorld =
  | { readonly kind: 'demo' | 'empty' }
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

export type Started =
  | {
      readonly kind: 'started';
      readonly sandbox: Sandbox;
      readonly url: string;
      readonly welcome: string;
      readonly stop: () => Promise<void>;
    }
  | { readonly kind: 'faulty'; readonly faults: readonly WorldFault[] }
  | { readonly kind: 'no-port'; readonly code: string };

/** Starts a sandbox in real time. */
export async function startSandbox(
  options: Omit<RunOptions, 'wall'> & ServeOptions & { readonly world: ChosenWorld },
): Promise<Started> {
  const read = readChosen(options.world);
  if (read.kind === 'faulty') return read;
  // Whoever empties an AWS expects nothing in it; whoever brought a world expects that one.
  const resetWorld = options.world.kind === 'file' ? read.source : EMPTY_WORLD;
  const start = (publicUrl: string): Promise<Sandbox> =>
    Sandbox.start({ ...options, wall: MACHINE_CLOCK, world: read.source, resetWorld, publicUrl });
  try {
    const server = await serve(start, options);
    const stop = async (): Promise<void> => {
      server.sandbox.stop();
      await server.close();
    };
    const { sandbox, url } = server;
    return { kind: 'started', sandbox, url, welcome: welcomeText(sandbox, url, options.regions), stop };
  } catch (error) {
    if (error instanceof WorldFileError) return { kind: 'faulty', faults: error.findings.map(read.locate) };
    const code: unknown =
      typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
    if (code === 'EADDRINUSE' || code === 'EACCES') return { kind: 'no-port', code };
    throw error;
  }
}

type Chosen =
  | Extract<ReadWorld, { kind: 'faulty' }>
  | (Pick<Extract<ReadWorld, { kind: 'read' }>, 'locate'> & {
      readonly kind: 'chosen';
      readonly source: WorldSource;
    });

function readChosen(world: ChosenWorld): Chosen {
  if (world.kind !== 'file') {
    const source = world.kind === 'demo' ? DEMO_WORLD : EMPTY_WORLD;
    return { kind: 'chosen', source, locate: ({ message }) => ({ line: 1, column: 1, message }) };
  }
  const read = readWorldFile(world.text);
  if (read.kind === 'faulty') return read;
  return { kind: 'chosen', source: { name: world.name, file: read.file }, locate: read.locate };
}
