import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Inside the project, so that what is not bundled is found from there; what is in it may be deleted at any time. */
const FOLDER = 'node_modules/.cache/autopeer-simulation';

/**
 * Bundles the simulation with the shipped sources, which loads in a fraction of the time.
 *
 * @param name of the bundle
 * @param plugins may change sources as they are loaded; the working tree stays as it is
 * @returns the bundle's path
 */
export async function bundle(name: string, entry: string, plugins: readonly Plugin[] = []): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = resolve(FOLDER, `${name}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    packages: 'external',
    plugins: [...plugins],
    logLevel: 'error',
  });
  return outfile;
}
