import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { ConsolePage } from './server.ts';

/** Browsers of the last two years. */
const TARGET = ['chrome120', 'firefox121', 'safari17'];

interface BundledPage extends ConsolePage {
  /** What went into the script. */
  readonly files: readonly string[];
}

/**
 * Bundles the page from its sources.
 *
 * @param root the clone's folder
 */
export async function bundlePage(root: string): Promise<BundledPage> {
  const folder = join(root, 'console/page');
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    format: 'iife',
    target: TARGET,
    minify: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  return {
    html: readFileSync(join(folder, 'index.html'), 'utf8'),
    script: outputFiles[0]?.text ?? '',
    style: readFileSync(join(folder, 'console.css'), 'utf8'),
    files: Object.keys(metafile.inputs),
  };
}
