import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadHandler } from '../../sim/lambda/function.ts';
import { versionIn, type Installation } from '../installation.ts';

/** Where cli/package/build.ts puts the bundles, from the package's folder. */
export const BUNDLES = 'dist';
/** The template of the hub as it would be deployed. */
export const HUB_TEMPLATE = 'dist/hub-template.json';
/** The zips of the functions, as Serverless packaged them. */
export const FUNCTIONS = 'dist/functions';
/** The console's page. */
export const CONSOLE = 'dist/console';
/** What the page of `autopeer graph` runs. */
export const PAGE_SCRIPT = 'dist/page/graph.js';
export const PAGE_STYLE = 'dist/page/graph.css';
export const DEMO_POLICY = 'dist/demo-policy.yaml';

/**
 * The command as it is installed from the package.
 *
 * @param root the package's folder
 * @param loadHandler loads a function's bundle
 */
export const bundled = (root: string, loadHandler: LoadHandler): Installation => ({
  version: versionIn(root),
  demoPolicy: join(root, DEMO_POLICY),
  deployedCode: async () => ({
    template: readFileSync(join(root, HUB_TEMPLATE), 'utf8'),
    memberTemplate: readFileSync(join(root, 'deploy/member.yaml'), 'utf8'),
    loadHandler: await loadBeforehand(join(root, BUNDLES), loadHandler),
  }),
  consolePage: () => {
    const part = (name: string): string => readFileSync(join(root, CONSOLE, name), 'utf8');
    return Promise.resolve({
      html: part('index.html'),
      script: part('console.js'),
      style: part('console.css'),
    });
  },
  hubCode: () =>
    Promise.resolve({
      template: readFileSync(join(root, HUB_TEMPLATE), 'utf8'),
      zip: (name) => readFileSync(join(root, FUNCTIONS, `${name}.zip`)),
      memberTemplate: readFileSync(join(root, 'deploy/member.yaml'), 'utf8'),
    }),
  pageCode: () =>
    Promise.resolve({
      script: readFileSync(join(root, PAGE_SCRIPT), 'utf8'),
      style: readFileSync(join(root, PAGE_STYLE), 'utf8'),
    }),
});

/**
 * Loads every function, and what is loaded late besides, before a simulation begins: reading files takes turns of the event loop
 * that virtual time cannot see, and a Node that takes many of them would let it run ahead.
 */
async function loadBeforehand(folder: string, loadHandler: LoadHandler): Promise<LoadHandler> {
  const paths = readdirSync(join(folder, 'handlers'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `handlers/${name.slice(0, -'.js'.length)}`);
  const handlers = new Map(
    await Promise.all(paths.map(async (path) => [path, await loadHandler(path)] as const)),
  );
  await import('dynalite');
  return async (path) => {
    const handler = handlers.get(path);
    if (handler === undefined) throw new Error(`the package has no function ${path}`);
    return handler;
  };
}
