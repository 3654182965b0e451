import * as z from 'zod';
import { printable } from '../policy/files.ts';

const suspensionSchema = z.object({
  by: z.string(),
  at: z.string(),
  until: z.string().optional(),
  reason: z.string().optional(),
});
const pastSchema = suspensionSchema.extend({
  ended: z.object({ kind: z.string(), at: z.string(), by: z.string().optional() }),
});

/** What the hub answers to `suspend`, `resume` and `status`. */
export const statusSchema = z.object({
  suspended: suspensionSchema.nullable(),
  past: z.array(pastSchema),
});
export type Status = z.infer<typeof statusSchema>;

/** What runs now, in a line or two. */
export function nowText({ suspended }: Status): string {
  if (suspended === null) return 'autopeer runs: it writes to EC2 what the policy says\n';
  const { by, at, until, reason } = suspended;
  const end = until === undefined ? 'until somebody runs autopeer resume' : `until ${until}`;
  const lines = [
    `autopeer is suspended ${end}: it reads, decides and tells, and writes nothing to EC2`,
    `  since ${at}, by ${by}`,
    ...(reason === undefined ? [] : [`  reason: ${reason}`]),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** So many are printed; --json has them all. */
const MAX_PAST = 10;

/** The same, and what is over. */
export function statusText(status: Status): string {
  const { past } = status;
  const older = past.length - MAX_PAST;
  const lines = [
    ...(past.length === 0 ? [] : ['suspended before:', ...past.slice(-MAX_PAST).map(pastText)]),
    ...(older > 0 ? [`  and ${older} older (--json)`] : []),
  ];
  return nowText(status) + lines.map((line) => `${printable(line)}\n`).join('');
}

function pastText({ by, at, reason, ended }: z.infer<typeof pastSchema>): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const who = ended.by === undefined ? '' : ` by ${ended.by}`;
  return `  ${at} to ${ended.at} by ${by}${why}; ${ended.kind}${who}`;
}
