import type { Account } from '@aws-sdk/client-organizations';
import { parseOuId, type OuId } from '../domain/facts/ids.ts';

/** `o-a1b2c3d4e5/r-ab12/`, then the OUs from the root down, each with a slash. */
const OUS = /^o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}\/((?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}\/)*)$/;

/**
 * The OUs above an account, nearest first, as Organizations says them with the account itself since March 2026.
 *
 * @returns `undefined` where it does not say them, or not in the documented form: who needs them walks up the tree then.
 *   An empty list is an account right under the root.
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
 */
export function ousAbove({ Id, Paths }: Account): readonly OuId[] | undefined {
  const [path, ...others] = Paths ?? [];
  // "Currently, an account or OU can have only a single parent."
  if (path === undefined || others.length > 0 || Id === undefined) return undefined;
  // AWS ends a path with the account and a slash; the slash is not relied on.
  const ending = [`${Id}/`, Id].find((text) => path.endsWith(`/${text}`));
  if (ending === undefined) return undefined;
  const [, ous] = OUS.exec(path.slice(0, -ending.length)) ?? [];
  if (ous === undefined) return undefined;
  return ous
    .split('/')
    .flatMap((text) => parseOuId(text) ?? [])
    .toReversed();
}
