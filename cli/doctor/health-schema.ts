import * as z from 'zod';
import type { Health } from '../../analysis/doctor/facts.ts';

/** What the hub answers to the verb `health`, as far as the doctor looks at it. */
export const healthSchema: z.ZodType<Health> = z.object({
  version: z.string().nullable(),
  lastSweep: z.object({ at: z.string(), accounts: z.int() }).nullable(),
  suspended: z.object({ by: z.string(), at: z.string() }).nullable(),
  cutWithinHour: z.int(),
  deadLetters: z.array(z.object({ cause: z.string(), text: z.string(), letters: z.int() })),
  places: z.array(
    z.object({
      account: z.string(),
      region: z.string(),
      state: z.string(),
      code: z.string().optional(),
      reason: z.string().optional(),
      since: z.string(),
    }),
  ),
  blocked: z.array(z.object({ peering: z.string(), step: z.string(), problem: z.string() })),
});
