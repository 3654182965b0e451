/**
 * What a VPC's encryption control says about peerings.
 * - `none`: it enforces nothing
 * - `excluded`: it enforces encryption, and leaves peerings out
 * - `enforced`: it enforces encryption on peerings too
 * - `not-known`: autopeer may not read it
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export type Encryption = 'none' | 'excluded' | 'enforced' | 'not-known';

/** What EC2 shows of a control; see VpcEncryptionControl in its API. */
interface ShownControl {
  readonly Mode?: string | undefined;
  readonly State?: string | undefined;
  readonly ResourceExclusions?:
    { readonly VpcPeering?: { readonly State?: string | undefined } | undefined } | undefined;
}

/** In these states the mode that is shown is not in force, or will not be in a moment. */
const NOT_IN_FORCE: ReadonlySet<string | undefined> = new Set([
  'enforce-failed',
  'monitor-in-progress',
  'deleting',
  'deleted',
]);

/** @param control absent where the VPC has none */
export function encryptionOf(control: ShownControl | undefined): Encryption {
  if (control?.Mode !== 'enforce' || NOT_IN_FORCE.has(control.State)) return 'none';
  const exclusion = control.ResourceExclusions?.VpcPeering?.State;
  return exclusion === 'enabled' || exclusion === 'enabling' ? 'excluded' : 'enforced';
}
