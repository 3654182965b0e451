/** The entry of the package's bundle. */
import { fileURLToPath } from 'node:url';
import { processEnv } from '../../shared/settings.ts';
import { isDebug } from '../fault-text.ts';

// Before anything else of the command is loaded, since some of it uses them as it loads.
if (!('groupBy' in Map && 'Iterator' in globalThis && 'union' in Set.prototype && 'escape' in RegExp)) {
  await import('./old-node.ts');
}
// Node's warnings are about code of this package; they help those who work on it.
if (!isDebug(processEnv())) process.removeAllListeners('warning');

const [{ start }, { bundled }] = await Promise.all([import('../start.ts'), import('./bundled.ts')]);

await start(
  // The bundle lies in the folder dist of the package.
  bundled(fileURLToPath(new URL('..', import.meta.url)), (path) => {
    // Not within the call: the bundler would take it for a pattern, and bundle whatever fits.
    const url = new URL(`${path}.js`, import.meta.url).href;
    return import(url);
  }),
);
