import { AwsFailure } from '../domain/work/failure.ts';

/** The code of an SDK error: AWS's own code, or the name of what went wrong on the way. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  if ('Code' in error && typeof error.Code === 'string') return error.Code;
  return error.name;
}

/**
 * Runs one SDK call and turns its failure into an {@link AwsFailure}. What is thrown here by our own code, a
 * role that cannot be assumed for one, passes through as it is.
 */
export async function call<Answer>(
  name: string,
  where: string,
  send: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    if (isFromSdk(error)) throw new AwsFailure(name, where, errorCode(error), error, attemptsOf(error));
    throw error;
  }
}

/** The SDK marks what it throws, service errors and transport errors alike, with `$metadata`. */
const isFromSdk = (error: unknown): error is Error & { readonly $metadata: unknown } =>
  error instanceof Error && '$metadata' in error;

function attemptsOf({ $metadata }: { readonly $metadata: unknown }): number {
  const isKnown = typeof $metadata === 'object' && $metadata !== null && 'attempts' in $metadata;
  return isKnown && typeof $metadata.attempts === 'number' ? $metadata.attempts : 1;
}

/** Pages of one list call: more than any account has, so that a service that repeats a token cannot hold us. */
const MAX_PAGES = 1000;

/** Collects every page of a list call. The token's absence ends it, not the size of a page. */
export async function collectPages<Item>(
  readPage: (token: string | undefined) => Promise<{ items: readonly Item[]; nextToken: string | undefined }>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await readPage(token);
    items.push(...answer.items);
    if (answer.nextToken === undefined || answer.nextToken === '') return items;
    token = answer.nextToken;
  }
  throw new Error(`a list has more than ${MAX_PAGES} pages`);
}
