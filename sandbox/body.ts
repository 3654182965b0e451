import type { IncomingMessage } from 'node:http';

/** DynamoDB takes 16 MB in a request, which is the most of the services here. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Bodies that are being read at one time, all together: ten thousand clients must not fill the memory. */
const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;
/** How much of a body that is too large is read and thrown away, so that its sender comes to read the answer. */
const MAX_DISCARDED_BYTES = 1024 * 1024 * 1024;

export type ReadBody =
  { readonly kind: 'read'; readonly text: string } | { readonly kind: 'too-large' | 'busy' };

/** Reads the bodies of requests, within limits for each and for all of them. */
export class BodyReader {
  #bufferedBytes = 0;

  /** Rejects where the connection breaks, or where far too much comes. */
  async read(request: IncomingMessage): Promise<ReadBody> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let refused: 'too-large' | 'busy' | undefined;
    let held = 0;
    try {
      for await (const chunk of request) {
        const part: unknown = chunk;
        if (!(part instanceof Uint8Array)) throw new TypeError('a request without an encoding yields bytes');
        bytes += part.byteLength;
        if (bytes > MAX_BODY_BYTES) refused ??= 'too-large';
        else if (this.#bufferedBytes + part.byteLength > MAX_BUFFERED_BYTES) refused ??= 'busy';
        if (refused === undefined) {
          chunks.push(part);
          held += part.byteLength;
          this.#bufferedBytes += part.byteLength;
          continue;
        }
        chunks.length = 0;
        this.#bufferedBytes -= held;
        held = 0;
        if (bytes > MAX_DISCARDED_BYTES) throw new Error('the body has no end');
      }
      return refused === undefined
        ? { kind: 'read', text: Buffer.concat(chunks).toString('utf8') }
        : { kind: refused };
    } finally {
      this.#bufferedBytes -= held;
    }
  }
}
