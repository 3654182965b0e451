import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

const schema = z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });

/** How two templates differ. */
export interface Difference {
  /** No byte of it means anything else. */
  readonly isSame: boolean;
  /** The resources that one has and the other has not, or has otherwise; a line each. */
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
  return { isSame: isDeepStrictEqual(old, young), lines };
}

function parsed(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return { Resources: {} };
  }
}
