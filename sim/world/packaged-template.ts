import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `npx serverless package` writes: the CloudFormation template of the hub. */
const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
/** What goes into it, and into the bundles beside it. */
const SOURCES = [
  'serverless.yml',
  'package-lock.json',
  'policy.yaml',
  'deploy/hub',
  'handlers',
  'shared',
] as const;
/** What alone decides what is in the template; the code goes beside it. */
const TEMPLATE_SOURCES = ['serverless.yml', 'deploy/hub'] as const;
/** The template in git, with a digest of its sources: `{ "sources": "…", "template": { … } }`. */
export const KEPT_TEMPLATE = 'deploy/hub-template.json';
/** Packaging takes some seconds, on a busy machine minutes; a plugin that fails may leave the framework waiting for ever. */
const PACKAGING_TIMEOUT_MS = 300_000;

/**
 * Packages the service with the Serverless Framework, unless nothing has changed since it was last packaged.
 * Offline: no credentials, no network.
 *
 * @param root the project's folder
 * @throws Error with the framework's own output
 */
export function ensurePackaged(root = '.'): void {
  const template = join(root, TEMPLATE);
  const sources = SOURCES.map((path) => join(root, path));
  if (existsSync(template) && statSync(template).mtimeMs > newestOf(sources)) return;
  rmSync(template, { force: true });
  const result = spawnSync(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package'], {
    cwd: root,
    encoding: 'utf8',
    timeout: PACKAGING_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (result.status === 0 && existsSync(template)) return;
  throw new Error(`serverless package failed:\n${result.stdout}\n${result.stderr}`);
}

/** The hub's template as packaged: what CloudFormation would be given. */
export function readPackagedTemplate(root = '.'): string {
  ensurePackaged(root);
  return readFileSync(join(root, TEMPLATE), 'utf8');
}

/**
 * The same template, from the copy in git: packaging builds the code too, which takes ten seconds and which nothing that
 * runs the sources needs. Where somebody has changed what it is made of, it is packaged anew.
 */
export function readHubTemplate(root = '.'): string {
  const { sources, template } = readKept(root);
  return sources === digestOfSources(root) ? JSON.stringify(template) : readPackagedTemplate(root);
}

/** Packages, and writes the copy in git: `npm run template`. */
export function keepTemplate(root = '.'): void {
  const kept = { sources: digestOfSources(root), template: withoutMoment(readPackagedTemplate(root)) };
  writeFileSync(join(root, KEPT_TEMPLATE), `${JSON.stringify(kept, undefined, 2)}\n`);
}

function readKept(root: string): { readonly sources: unknown; readonly template: unknown } {
  const kept: unknown = JSON.parse(readFileSync(join(root, KEPT_TEMPLATE), 'utf8'));
  const member = (name: string): unknown =>
    typeof kept === 'object' && kept !== null ? Reflect.get(kept, name) : undefined;
  return { sources: member('sources'), template: member('template') };
}

/** Serverless puts the code under a key with the moment of packaging. */
export const withoutMoment = (template: string): unknown =>
  JSON.parse(template, (name, value: unknown) =>
    name === 'S3Key' ? String(value).replace(/\/\d+-[^/]+\//, '/') : value,
  );

function digestOfSources(root: string): string {
  const digest = createHash('sha256');
  for (const source of TEMPLATE_SOURCES) {
    for (const file of filesOf(join(root, source)).toSorted()) {
      // The same on every system, whatever git makes of the ends of lines.
      digest.update(readFileSync(file, 'utf8').replaceAll('\r\n', '\n')).update('\0');
    }
  }
  return digest.digest('hex');
}

function newestOf(paths: readonly string[]): number {
  return Math.max(...paths.flatMap(filesOf).map((file) => statSync(file).mtimeMs));
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}
