import { createHash } from 'node:crypto';

import type { RecordedCall } from '../../sim/aws.ts';

/**
 * What tells apart what autopeer did in two runs, without the words that it said: every call in its order, with who made it,
 * when, the ids, codes, states and numbers that it carried, and the error that it got. Two commits that give the same digest
 * for the same seed made the same calls and the same decisions for the same reason codes. A commit that only rewords keeps it.
 *
 * @returns 16 hexadecimal digits
 */
export function deedsOf(calls: readonly RecordedCall[]): string {
  const hash = createHash('sha256');
  for (const { atMs, traceId, caller, region, service, action, input, errorCode } of calls) {
    const who = traceId === undefined ? 'person' : 'autopeer';
    const call = [atMs, who, caller.accountId, region, service, action, wordless('', input), errorCode];
    hash.update(JSON.stringify(call)).update('\n');
  }
  return hash.digest('hex').slice(0, 16);
}

/** One digest of many runs. The order in which they ended does not matter. */
export function digestOfAll(runs: readonly { readonly seed: number; readonly digest: string }[]): string {
  const hash = createHash('sha256');
  for (const { seed, digest } of runs.toSorted((one, other) => one.seed - other.seed)) {
    hash.update(`${seed} ${digest}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** They have spaces, and are no words for people: DynamoDB's expressions, and the types of the bus's events. */
const isKept = (key: string): boolean => key.endsWith('Expression') || key === 'DetailType';
/** What the ledger and SNS tell entries apart by is worked out from their words. Ids of EC2 have a prefix, and stay. */
const OF_WORDS = /(?<![a-z]-|[0-9a-f])[0-9a-f]{16,}(?![0-9a-f])/g;

function wordless(key: string, value: unknown): unknown {
  if (typeof value === 'string') return isKept(key) ? value : wordlessText(value);
  if (Array.isArray(value)) return value.map((each) => wordless(key, each));
  if (value instanceof Uint8Array) return createHash('sha256').update(value).digest('hex');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, wordless(name, each)]));
}

/** JSON within a text is read. What has a space is a sentence or a title; codes, ids and states have none. */
function wordlessText(text: string): unknown {
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      return wordless('', JSON.parse(text));
    } catch {
      return '(text)';
    }
  }
  return text.includes(' ') ? '(text)' : text.replace(OF_WORDS, '(digest)');
}
