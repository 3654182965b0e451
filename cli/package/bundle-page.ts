import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { PageCode } from '../installation.ts';

/**
 * The script and the style of the page, as they stand in it: bundled from its sources, alike each time.
 *
 * @param root the folder of the sources
 */
export async function bundlePage(root: string): Promise<PageCode> {
  const { outputFiles } = await build({
    absWorkingDir: resolve(root),
    entryPoints: { graph: 'page/graph/main.ts', look: 'page/graph/graph.css' },
    outdir: 'out',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  });
  const text = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`the page has no ${ending}`);
    return file.text.trim();
  };
  return { script: text('.js'), style: text('.css') };
}
