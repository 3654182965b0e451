import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DeployedCode } from '../sim/world/world.ts';
import type { ConsolePage } from '../console/server.ts';
import type { HubCode } from './deploy/hub-template.ts';

/** What came with the command: this repository, or the package that was made of it. */
export interface Installation {
  /** As package.json has it: `0.1.0`. */
  readonly version: string;
  /** Where the demo's own policy is. */
  readonly demoPolicy: string;
  /** What a simulated AWS deploys. A repository packages it first, which takes some seconds. */
  deployedCode(): Promise<DeployedCode>;
  /** The hub as `autopeer deploy` deploys it. */
  hubCode(): Promise<HubCode>;
  /** What a browser loads of the console. A repository bundles it first, which takes a moment. */
  consolePage(): Promise<ConsolePage>;
  /** What the page of `autopeer graph` runs. A repository bundles it first, in a moment. */
  pageCode(): Promise<PageCode>;
}

/** JavaScript and CSS, as they stand in their elements. */
export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/** @throws Error where the folder is not one of this package */
export function versionIn(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
  if (typeof version !== 'string') throw new Error(`${join(root, 'package.json')} has no version`);
  return version;
}

/** A path as people in the process's folder write it. */
export function shownPath(path: string): string {
  const near = relative('', path);
  return near.startsWith('..') ? path : near;
}
