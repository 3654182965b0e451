import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

export type Item = Record<string, AttributeValue>;

/** Text that its parser knows and would write the same way. */
export const form = <Form extends string>(parse: (text: string) => Form | undefined, name: string) =>
  z.custom<Form>((value) => typeof value === 'string' && parse(value) === value, { error: `not ${name}` });

const parsedJson = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

/** An attribute whose text is JSON. */
export const jsonAttribute = <Value>(inner: z.ZodType<Value>): z.ZodType<Value> =>
  z
    .object({ S: parsedJson })
    .transform(({ S }) => S)
    .pipe(inner);

/** Counts the writes of an item. A write names the version that was read, so that no other write is lost. */
export const versionAttribute = z
  .object({ N: z.string().regex(/^[1-9]\d{0,14}$/, 'not a version') })
  .transform(({ N }) => Number(N));

/** @throws Error that names the item that is not of its form */
export function readItem<Read>(item: Item, schema: z.ZodType<Read>): Read {
  const read = schema.safeParse(item);
  if (read.success) return read.data;
  const why = z.prettifyError(read.error);
  throw new Error(`the ledger's item ${item['pk']?.S}, ${item['sk']?.S} is broken: ${why}`);
}

/** What a write asks of its item: the version that was read, or that there is none. */
export const stillAt = (version: number) =>
  version === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': { N: String(version) } },
      };
