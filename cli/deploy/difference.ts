import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

const schema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  Parameters: z
    .record(z.string(), z.looseObject({ Default: z.union([z.string(), z.number()]).optional() }))
    .optional(),
});

/** How two templates differ. */
export interface Difference {
  /** No byte of it means anything else. */
  readonly isSame: boolean;
  /** The settings and resources that one has and the other has not, or has otherwise; a line each. */
  readonly lines: readonly string[];
}

/** What a new template would change; both are JSON. All is new where the old one cannot be read. */
export function differenceOf(before: string, after: string): Difference {
  const [old, young] = [parsed(before), parsed(after)];
  const [had, has] = [old.Resources, young.Resources];
  const lines = [...new Set([...Object.keys(has), ...Object.keys(had)])].flatMap((id) => {
    if (isDeepStrictEqual(had[id], has[id])) return [];
    const mark = had[id] === undefined ? '+' : has[id] === undefined ? '-' : '~';
    return [`  ${mark}  ${id} (${(has[id] ?? had[id])?.Type ?? ''})`];
  });
  return { isSame: isDeepStrictEqual(old, young), lines: [...settingLines(old, young), ...lines] };
}

/** A parameter that both have, with another value. */
const settingLines = (
  { Parameters: old = {} }: Parsed,
  { Parameters: young = {} }: Parsed,
): readonly string[] =>
  Object.entries(young).flatMap(([name, { Default: value }]) => {
    const before = old[name]?.Default;
    // YAML's numbers are text once somebody has set them.
    return before === undefined || String(before) === String(value)
      ? []
      : [`  ~  the setting ${name}: ${String(before)} → ${String(value)}`];
  });

type Parsed = z.infer<typeof schema>;

function parsed(text: string): Parsed {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return { Resources: {} };
  }
}
