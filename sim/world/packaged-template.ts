import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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
/** Packaging takes some seconds; a plugin that fails may leave the framework waiting for ever. */
const PACKAGING_TIMEOUT_MS = 90_000;

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

function newestOf(paths: readonly string[]): number {
  return Math.max(...paths.flatMap(filesOf).map((file) => statSync(file).mtimeMs));
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}
