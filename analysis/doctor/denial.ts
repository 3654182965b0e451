/** Which kind of policy refused a call, and whether it says no or only nothing. */
export interface DenyingPolicy {
  readonly kind:
    | 'service control policy'
    | 'resource control policy'
    | 'permissions boundary'
    | 'session policy'
    | 'VPC endpoint policy'
    | 'resource-based policy'
    | 'identity-based policy';
  readonly isExplicit: boolean;
}

const KINDS: readonly DenyingPolicy['kind'][] = [
  'service control policy',
  'resource control policy',
  'permissions boundary',
  'session policy',
  'VPC endpoint policy',
  'resource-based policy',
  'identity-based policy',
];

/**
 * The policy that a refusal names. AWS says it for most calls, and within one organization only; it is for people to read, and
 * nothing is decided by it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denyingPolicy(message: string): DenyingPolicy | undefined {
  for (const kind of KINDS) {
    if (new RegExp(`with an explicit deny in an? ${kind}`).test(message)) return { kind, isExplicit: true };
    if (new RegExp(`because no ${kind} allows`).test(message)) return { kind, isExplicit: false };
  }
  return undefined;
}

/** `a service control policy denies it` */
export const denialWords = ({ kind, isExplicit }: DenyingPolicy): string =>
  isExplicit ? `${kind.startsWith('i') ? 'an' : 'a'} ${kind} denies it` : `no ${kind} allows it`;
