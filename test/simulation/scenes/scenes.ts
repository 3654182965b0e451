import type { Plan } from '../plan/plan.ts';
import { BROKEN_SCENES } from './broken.ts';
import { CONSENT_SCENES } from './consent.ts';
import { GUARDRAIL_SCENES } from './guardrails.ts';
import { OBSTACLE_SCENES } from './obstacles.ts';
import { OWNERSHIP_SCENES } from './ownership.ts';

/** Runs that were written because chance rarely brings them, by what is in them. Each is well. */
export const SCENES: readonly (readonly [string, Plan])[] = [
  ...CONSENT_SCENES,
  ...OBSTACLE_SCENES,
  ...GUARDRAIL_SCENES,
  ...OWNERSHIP_SCENES,
  ...BROKEN_SCENES,
];
