import type {
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult,
  PeeringConnectionOptions,
  PeeringConnectionOptionsRequest,
} from '@aws-sdk/client-ec2';
import type { Role } from '../../shared/domain/facts/peering.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue, missingParameter, notPermitted } from './errors.ts';
import { rolesAt, stateAt } from './peering-state.ts';
import { requirePeering } from './peerings.ts';
import type { PeeringRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

export function peeringOptionActions(store: Ec2Store): ActionTable {
  return {
    ModifyVpcPeeringConnectionOptions: ec2Action<
      ModifyVpcPeeringConnectionOptionsRequest,
      ModifyVpcPeeringConnectionOptionsResult
    >({
      mutates: true,
      resources: (call, { VpcPeeringConnectionId }) => [
        arnOf(call, 'vpc-peering-connection', VpcPeeringConnectionId),
      ],
      run: (call, input) => modifyOptions(store, call, input),
    }),
  };
}

/**
 * Each side is its owner's, in its own region; only where one account has both VPCs in one region may one call set
 * both.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcPeeringConnectionOptions.html
 */
function modifyOptions(
  store: Ec2Store,
  call: Call,
  input: ModifyVpcPeeringConnectionOptionsRequest,
): ModifyVpcPeeringConnectionOptionsResult {
  const peering = requirePeering(store, call, input.VpcPeeringConnectionId);
  const { RequesterPeeringConnectionOptions: requester, AccepterPeeringConnectionOptions: accepter } = input;
  if (requester === undefined && accepter === undefined) throw missingParameter('peeringConnectionOptions');
  const wanted: readonly (readonly [Role, PeeringConnectionOptionsRequest | undefined])[] = [
    ['requester', requester],
    ['accepter', accepter],
  ];
  for (const [role, options] of wanted) if (options !== undefined) assertOwnSide(call, peering, role);
  if (stateAt(peering, store.now()) !== 'active') {
    throw notPermitted(
      `Peering ${peering.id} is not active. Peering options can be added only to active peerings.`,
    );
  }
  for (const [, options] of wanted) if (options !== undefined) assertPossible(peering, options);
  for (const [role, options] of wanted) {
    peering[role].dnsFromRemote = options?.AllowDnsResolutionFromRemoteVpc ?? peering[role].dnsFromRemote;
  }
  return {
    ...(requester && { RequesterPeeringConnectionOptions: optionsView(peering, 'requester') }),
    ...(accepter && { AccepterPeeringConnectionOptions: optionsView(peering, 'accepter') }),
  };
}

function assertOwnSide(call: Call, peering: PeeringRecord, role: Role): void {
  if (rolesAt(peering, call).includes(role)) return;
  throw notPermitted(
    `User ${call.caller.accountId} does not have permission to modify the ${role} side peering options`,
  );
}

function assertPossible(
  { id, requester, accepter }: PeeringRecord,
  options: PeeringConnectionOptionsRequest,
): void {
  const { AllowEgressFromLocalClassicLinkToRemoteVpc: from, AllowEgressFromLocalVpcToRemoteClassicLink: to } =
    options;
  if (from === true || to === true)
    throw invalidValue('EC2-Classic is retired: ClassicLink cannot be enabled');
  if (options.AllowDnsResolutionFromRemoteVpc !== true) return;
  // "Both VPCs must be enabled for DNS hostnames and DNS resolution."
  // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
  const lacking = [requester.vpc, accepter.vpc].find((vpc) => vpc && !(vpc.dnsSupport && vpc.dnsHostnames));
  if (lacking !== undefined) {
    throw new AwsError(
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      `To enable DNS hostname resolution for the VPC peering connection ${id}, DNS hostname support must be enabled for the VPCs.`,
    );
  }
}

const optionsView = (peering: PeeringRecord, role: Role): PeeringConnectionOptions => ({
  AllowDnsResolutionFromRemoteVpc: peering[role].dnsFromRemote,
  AllowEgressFromLocalClassicLinkToRemoteVpc: false,
  AllowEgressFromLocalVpcToRemoteClassicLink: false,
});
