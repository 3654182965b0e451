import { createHash } from 'node:crypto';

const ID_LENGTH = 32;

/** The id of a function's URL: always the same for the same function. */
export const urlId = (functionArn: string): string =>
  createHash('sha256').update(functionArn).digest('hex').slice(0, ID_LENGTH);

/** @param publicUrl where this AWS is reached; the address is AWS's own without it */
export function urlAddress(functionArn: string, publicUrl: string | undefined): string {
  const id = urlId(functionArn);
  if (publicUrl !== undefined) return `${publicUrl}/lambda-url/${id}/`;
  return `https://${id}.lambda-url.${functionArn.split(':')[3]}.on.aws/`;
}

/** What of a request is about a function's URL: the id, and the path behind the address. */
export function urlTarget(host: string, path: string): { id: string; path: string } | undefined {
  const [, byHost] = /^([0-9a-f]{32})\.lambda-url\.[\w-]+\.on\.aws$/.exec(host) ?? [];
  if (byHost !== undefined) return { id: byHost, path };
  const [, byPath, rest] = /^\/lambda-url\/([0-9a-z]+)(\/.*)?$/.exec(path) ?? [];
  return byPath === undefined ? undefined : { id: byPath, path: rest ?? '/' };
}
