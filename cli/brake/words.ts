import * as z from 'zod';

export const releaseSchema = z.object({
  count: z.int(),
  used: z.int(),
  until: z.string(),
  by: z.string(),
  at: z.string(),
});

export type Release = z.infer<typeof releaseSchema>;
