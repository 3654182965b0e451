import type {
  CreateNetworkAclEntryRequest,
  DeleteNetworkAclEntryRequest,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError } from '../types.ts';
import { invalidCombination, invalidValue, limitExceeded, missingParameter } from './errors.ts';
import type { NetworkAclEntryRecord, NetworkAclRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

const HIGHEST_RULE_NUMBER = 32_766;
const HIGHEST_PORT = 65_535;
const HIGHEST_PROTOCOL = 255;
const NUMBERS: Readonly<Record<string, string>> = { icmp: '1', tcp: '6', udp: '17', icmpv6: '58' };

export const sameDirection =
  (isEgress: boolean) =>
  (entry: NetworkAclEntryRecord): boolean =>
    entry.isEgress === isEgress;

const indexOf = (acl: NetworkAclRecord, isEgress: boolean, ruleNumber: number): number =>
  acl.entries.findIndex((entry) => entry.isEgress === isEgress && entry.ruleNumber === ruleNumber);

export function createEntry(
  store: Ec2Store,
  acl: NetworkAclRecord,
  input: CreateNetworkAclEntryRequest,
): object {
  const entry = entryOf(input);
  if (indexOf(acl, entry.isEgress, entry.ruleNumber) >= 0) {
    throw new AwsError(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.ruleNumber} already exists.`,
    );
  }
  const present = acl.entries.filter(sameDirection(entry.isEgress));
  if (present.length >= store.quotas(acl.ownerId, acl.region).rulesPerNetworkAcl) {
    throw limitExceeded('NetworkAclEntryLimitExceeded', 'network ACL entries');
  }
  acl.entries.push(entry);
  acl.entries.sort((one, other) => one.ruleNumber - other.ruleNumber);
  return {};
}

export function replaceEntry(acl: NetworkAclRecord, input: ReplaceNetworkAclEntryRequest): object {
  const entry = entryOf(input);
  acl.entries[requireIndex(acl, entry.isEgress, entry.ruleNumber)] = entry;
  return {};
}

export function deleteEntry(acl: NetworkAclRecord, input: DeleteNetworkAclEntryRequest): object {
  acl.entries.splice(requireIndex(acl, input.Egress === true, input.RuleNumber ?? 0), 1);
  return {};
}

function requireIndex(acl: NetworkAclRecord, isEgress: boolean, ruleNumber: number): number {
  const index = indexOf(acl, isEgress, ruleNumber);
  if (index >= 0) return index;
  throw new AwsError(
    'InvalidNetworkAclEntry.NotFound',
    `The network acl entry identified by ${ruleNumber} does not exist`,
  );
}

function entryOf(input: CreateNetworkAclEntryRequest): NetworkAclEntryRecord {
  const { RuleNumber: ruleNumber = 0, Protocol: given = '', RuleAction: action } = input;
  if (ruleNumber < 1 || ruleNumber > HIGHEST_RULE_NUMBER) {
    throw invalidValue(
      `Value (${ruleNumber}) for parameter ruleNumber is invalid. The rule number must be between 1 and ${HIGHEST_RULE_NUMBER}.`,
    );
  }
  if (action !== 'allow' && action !== 'deny') {
    throw invalidValue(`Value (${action}) for parameter ruleAction is invalid. Unknown rule action.`);
  }
  const protocol = NUMBERS[given.toLowerCase()] ?? given;
  if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= HIGHEST_PROTOCOL)) {
    throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  }
  return {
    ruleNumber,
    isEgress: input.Egress === true,
    protocol,
    action,
    cidr: cidrOf(input),
    ports: portsOf(protocol, input),
    icmp: icmpOf(protocol, input),
  };
}

function cidrOf({ CidrBlock, Ipv6CidrBlock }: CreateNetworkAclEntryRequest): Cidr {
  if (CidrBlock !== undefined && Ipv6CidrBlock !== undefined) {
    throw invalidCombination('The parameters cidrBlock and ipv6CidrBlock cannot be used together');
  }
  const text = CidrBlock ?? Ipv6CidrBlock;
  if (text === undefined) throw missingParameter('cidrBlock');
  const cidr = parseCidr(text);
  if (cidr === undefined)
    throw invalidValue(`Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  return cidr;
}

function portsOf(
  protocol: string,
  { PortRange }: CreateNetworkAclEntryRequest,
): NetworkAclEntryRecord['ports'] {
  if (protocol !== NUMBERS['tcp'] && protocol !== NUMBERS['udp']) return undefined;
  const { From: from, To: to } = PortRange ?? {};
  if (from === undefined || to === undefined) throw missingParameter('portRange');
  if (from < 0 || to > HIGHEST_PORT || from > to) {
    throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
  }
  return { from, to };
}

function icmpOf(
  protocol: string,
  { IcmpTypeCode }: CreateNetworkAclEntryRequest,
): NetworkAclEntryRecord['icmp'] {
  if (protocol !== NUMBERS['icmp'] && protocol !== NUMBERS['icmpv6']) return undefined;
  const { Type: type, Code: code } = IcmpTypeCode ?? {};
  if (type === undefined || code === undefined) throw missingParameter('icmpTypeCode');
  return { type, code };
}
