import { translateForAutopeer } from './autopeer.ts';
import { translateForCedar } from './cedar.ts';
import type { Translated, Workload } from './engine.ts';
import { translateForJsonRules } from './json-rules.ts';

/** autopeer first: the others are compared with it. */
export const ENGINES = ['autopeer', 'cedar-wasm', 'json-rules-engine'] as const;
export type EngineName = (typeof ENGINES)[number];

export const TRANSLATIONS: Readonly<Record<EngineName, (workload: Workload) => Translated>> = {
  autopeer: translateForAutopeer,
  'cedar-wasm': translateForCedar,
  'json-rules-engine': translateForJsonRules,
};
