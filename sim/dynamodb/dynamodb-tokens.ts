import type { TransactWriteItemsInput } from '@aws-sdk/client-dynamodb';

import type { VirtualClock } from '../clock.ts';
import { AwsError } from '../types.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken */
const REMEMBERED_MS = 10 * 60 * 1000;

interface Done {
  readonly text: string;
  readonly untilMs: number;
}

/** Transactions that were done: the same one, sent again with its token, is not done again. */
export class RequestTokens {
  readonly #clock: VirtualClock;
  readonly #done = new Map<string, Done>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** @throws AwsError where the token was used for another transaction; what `work` throws leaves the token free */
  async once(
    place: string,
    { ClientRequestToken: token, ...input }: TransactWriteItemsInput,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    if (token === undefined) return work();
    const text = JSON.stringify(input);
    const key = `${place}/${token}`;
    for (const [old, { untilMs }] of this.#done) if (untilMs <= this.#clock.now()) this.#done.delete(old);
    const done = this.#done.get(key);
    if (done !== undefined && done.text === text) return {};
    if (done !== undefined) {
      const message = 'The ClientRequestToken was used for another transaction within the last ten minutes.';
      throw new AwsError('IdempotentParameterMismatchException', message);
    }
    const answer = await work();
    this.#done.set(key, { text, untilMs: this.#clock.now() + REMEMBERED_MS });
    return answer;
  }
}
