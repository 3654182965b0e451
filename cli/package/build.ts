/**
 * Builds what `npm pack` puts into the package: the command as a bundle that needs nothing installed beside it, and what a
 * simulated AWS deploys. Node strips no types below node_modules, so that sources would not run there.
 */
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readPackagedTemplate } from '../../sim/world/packaged-template.ts';
import { bundlePage as bundleConsole } from '../../console/bundle-page.ts';
import { bundlePage } from './bundle-page.ts';
import {
  BUNDLES,
  CONSOLE,
  DEMO_POLICY,
  FUNCTIONS,
  HUB_TEMPLATE,
  PAGE_SCRIPT,
  PAGE_STYLE,
} from './bundled.ts';
import { licencesOf } from './licences.ts';

/** The oldest Node that runs it; bin/autopeer.cjs says so to older ones. */
const TARGET = 'node20';

/** CommonJS packages ask for Node's modules with a `require` that an ES module does not have. */
const BANNER = `import { createRequire as $createRequire } from 'node:module';
const require = $createRequire(import.meta.url);`;

/** The in-process DynamoDB asks for its parts by names that no bundler sees, and for a store on disk that nobody uses. */
const dynalite: Plugin = {
  name: 'dynalite',
  setup(pending) {
    pending.onLoad({ filter: /node_modules[/\\]dynalite[/\\]index\.js$/ }, ({ path }) => ({
      contents: ['actions', 'validations'].reduce(
        (source, folder) =>
          replaceOnce(source, `require('./${folder}/' + action)`, `require('./${folder}/' + action + '.js')`),
        readFileSync(path, 'utf8'),
      ),
    }));
    pending.onResolve({ filter: /^level$/ }, () => ({ path: 'level', namespace: 'no-disk' }));
    pending.onLoad({ filter: /^level$/, namespace: 'no-disk' }, () => ({
      contents: `exports.Level = class { constructor() { throw new Error('tables are kept in memory only'); } };`,
    }));
  },
};

function replaceOnce(source: string, from: string, to: string): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`dynalite has changed: ${from} is there ${parts.length - 1} times`);
  return parts.join(to);
}

rmSync(BUNDLES, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [
    { in: 'cli/package/main.ts', out: 'main' },
    ...globSync('handlers/*.ts').map((path) => ({ in: path, out: path.replace(/\.ts$/, '') })),
  ],
  outdir: BUNDLES,
  bundle: true,
  // The functions and the command share most of their code.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: TARGET,
  mainFields: ['module', 'main'],
  chunkNames: 'chunks/[hash]',
  minify: true,
  // A fault's name is a part of what people are told.
  keepNames: true,
  legalComments: 'none',
  banner: { js: BANNER },
  plugins: [dynalite],
  metafile: true,
  logLevel: 'warning',
});
const console = await bundleConsole('.');
writeFileSync(`${BUNDLES}/LICENCES.txt`, licencesOf([...Object.keys(metafile.inputs), ...console.files]));
copyFileSync('demo/policy.yaml', DEMO_POLICY);
writeFileSync(HUB_TEMPLATE, readPackagedTemplate());
mkdirSync(CONSOLE);
writeFileSync(join(CONSOLE, 'index.html'), console.html);
writeFileSync(join(CONSOLE, 'console.js'), console.script);
writeFileSync(join(CONSOLE, 'console.css'), console.style);
const page = await bundlePage(process.cwd());
mkdirSync(dirname(PAGE_SCRIPT));
writeFileSync(PAGE_SCRIPT, page.script);
writeFileSync(PAGE_STYLE, page.style);
mkdirSync(FUNCTIONS);
for (const path of globSync('.serverless/*.zip')) copyFileSync(path, join(FUNCTIONS, basename(path)));
