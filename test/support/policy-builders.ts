import { type Cidr, parseCidr } from '../../shared/domain/facts/cidr.ts';
import { parseAccountId, parseOuId, parseRegion, parseVpcId } from '../../shared/domain/facts/ids.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Decision } from '../../shared/domain/policy/decision/decide.ts';
import type { PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { approvalSubject, fingerprintOf } from '../../shared/domain/policy/decision/fingerprint.ts';
import { loadPolicy } from '../../shared/domain/policy/language/load.ts';
import type { PolicyRequest, PolicySide } from '../../shared/domain/policy/decision/side.ts';

function must<Value>(value: Value | undefined, text: string): Value {
  if (value === undefined) throw new Error(`not well formed: ${text}`);
  return value;
}

export const account = (text: string) => must(parseAccountId(text), text);
export const region = (text: string) => must(parseRegion(text), text);
export const vpc = (text: string) => must(parseVpcId(text), text);
export const ou = (text: string) => must(parseOuId(text), text);
export const cidr = (text: string): Cidr => must(parseCidr(text), text);

export const APP_ACCOUNT = '100000000001';
export const SHARED_ACCOUNT = '111122223333';
export const VENDOR_ACCOUNT = '999900001111';
export const PROD_OU = 'ou-ab12-prod0001';
export const SANDBOX_OU = 'ou-ab12-sand0001';

interface SideTexts {
  readonly account?: string;
  readonly region?: string;
  readonly vpc?: string;
  /** OUs of a member; `'external'` for a side outside the organization. */
  readonly ous?: readonly string[] | 'external';
  readonly cidrs?: readonly string[] | 'unknown';
  readonly isDefaultVpc?: boolean;
  readonly tags?: PolicySide['tags'];
}

/** A side in plain texts: a production VPC of the organization unless said otherwise. */
export function side(texts: SideTexts = {}): PolicySide {
  const { ous = [PROD_OU], cidrs = ['10.1.0.0/16'], tags = {} } = texts;
  return {
    accountId: account(texts.account ?? APP_ACCOUNT),
    region: region(texts.region ?? 'eu-west-1'),
    vpcId: vpc(texts.vpc ?? 'vpc-00000001'),
    membership: ous === 'external' ? { kind: 'external' } : { kind: 'member', ous: ous.map(ou) },
    cidrs: cidrs === 'unknown' ? cidrs : cidrs.map(cidr),
    ...(texts.isDefaultVpc === undefined ? {} : { isDefaultVpc: texts.isDefaultVpc }),
    tags,
  };
}

/** The shared services' VPC. */
export const sharedSide = (texts: SideTexts = {}): PolicySide =>
  side({
    account: SHARED_ACCOUNT,
    vpc: 'vpc-00000002',
    ous: [],
    cidrs: ['10.2.0.0/16'],
    tags: { tier: 'shared' },
    ...texts,
  });

/** A vendor's VPC, outside the organization. */
export const vendorSide = (texts: SideTexts = {}): PolicySide =>
  side({
    account: VENDOR_ACCOUNT,
    vpc: 'vpc-00000003',
    ous: 'external',
    cidrs: ['10.3.0.0/16'],
    tags: 'unknown',
    ...texts,
  });

/** A loaded policy; `version` and `regions` are there already. */
export function policyOf(yaml: string): CompiledPolicy {
  const loaded = loadPolicy(`version: 1\nregions: [eu-west-1, us-east-1]\n${yaml}`);
  if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(showFault).join('\n'));
  return loaded.policies.whole();
}

/** The faults of a policy file, as `line:column path: message`. */
export function faultsOf(text: string): readonly string[] {
  const loaded = loadPolicy(text);
  return loaded.kind === 'faulty' ? loaded.faults.map(showFault) : [];
}

const showFault = ({ line, column, path, message }: PolicyFault): string =>
  `${line}:${column} ${path}: ${message}`;

/** What a person would have to give to approve this request under every rule. */
export const approveAll = (policy: CompiledPolicy, request: PolicyRequest): PolicyRequest => ({
  ...request,
  approvals: policy.model.allow.flatMap(({ connect, approval }) => {
    if (approval === undefined) return [];
    const subject = approvalSubject(request, connect, approval);
    return [{ fingerprint: fingerprintOf(subject), subject }];
  }),
});

/** A decision in one line: `accept by apps-to-shared`, `hold: facts-unknown`. */
export const summary = ({ kind, rule, reason }: Decision): string =>
  kind === 'accept' ? `accept by ${rule}` : `${kind}: ${reason.code}`;
