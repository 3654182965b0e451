import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  RevokedSecurityGroupRule,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  SecurityGroupRule,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type Action, type ActionTable, type Call } from '../types.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { limitExceeded, missingParameter, notFound, requireId } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { RulePeer, SecurityGroupRecord, SecurityGroupRuleRecord } from './records.ts';
import {
  cidrPeer,
  identityOf,
  peerName,
  resolveGroup,
  trafficOf,
  wantedRules,
  type WantedRule,
} from './security-group-permissions.ts';
import { toRule } from './security-group-view.ts';
import { groupOf } from './security-groups.ts';
import { placeOf, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

const permission = {
  mutates: true,
  resources: (call: Call, { GroupId }: { GroupId?: string | undefined }) => [
    arnOf(call, 'security-group', GroupId),
  ],
};

export function securityGroupRuleActions(store: Ec2Store): ActionTable {
  const authorizing = <
    Input extends AuthorizeSecurityGroupEgressRequest | AuthorizeSecurityGroupIngressRequest,
  >(
    isEgress: boolean,
  ): Action =>
    ec2Action<Input, AuthorizeSecurityGroupIngressResult>({
      ...permission,
      run: (call, input) => authorize(store, call, input, isEgress),
    });
  const revoking = <Input extends RevokeSecurityGroupEgressRequest | RevokeSecurityGroupIngressRequest>(
    isEgress: boolean,
  ): Action =>
    ec2Action<Input, RevokeSecurityGroupIngressResult>({
      ...permission,
      run: (call, input) => revoke(store, call, input, isEgress),
    });
  const describing = <
    Input extends
      UpdateSecurityGroupRuleDescriptionsEgressRequest | UpdateSecurityGroupRuleDescriptionsIngressRequest,
  >(
    isEgress: boolean,
  ): Action =>
    ec2Action<Input, UpdateSecurityGroupRuleDescriptionsIngressResult>({
      ...permission,
      run: (call, input) => updateDescriptions(store, call, input, isEgress),
    });
  return {
    AuthorizeSecurityGroupIngress: authorizing(false),
    AuthorizeSecurityGroupEgress: authorizing(true),
    RevokeSecurityGroupIngress: revoking(false),
    RevokeSecurityGroupEgress: revoking(true),
    UpdateSecurityGroupRuleDescriptionsIngress: describing(false),
    UpdateSecurityGroupRuleDescriptionsEgress: describing(true),
    ModifySecurityGroupRules: ec2Action<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult>({
      ...permission,
      run: (call, input) => modifyRules(store, call, input),
    }),
    DescribeSecurityGroupRules: ec2Action<
      DescribeSecurityGroupRulesRequest,
      DescribeSecurityGroupRulesResult
    >({
      mutates: false,
      run: (call, input) => describeRules(store, call, input),
    }),
  };
}

function authorize(
  store: Ec2Store,
  call: Call,
  input: AuthorizeSecurityGroupEgressRequest | AuthorizeSecurityGroupIngressRequest,
  isEgress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const group = groupOf(store, call, input);
  const tags = tagsFor('security-group-rule', input.TagSpecifications);
  const wanted = wantedRules(store, group, input, { mustResolve: true });
  const present = new Set(group.rules.filter((rule) => rule.isEgress === isEgress).map(identityOf));
  for (const rule of wanted) {
    const identity = identityOf(rule);
    if (present.has(identity)) throw duplicate(rule);
    present.add(identity);
  }
  assertRoom(store, group, wanted, isEgress);
  const added = wanted.map((rule): SecurityGroupRuleRecord => ({
    id: store.newId('securityGroupRule'),
    isEgress,
    ...rule,
  }));
  group.rules.push(...added);
  if (tags.length > 0) for (const { id } of added) store.tags.set(call, id, tags);
  return { Return: true, SecurityGroupRules: added.map((rule) => toRule(store, call, group, rule)) };
}

function duplicate({ traffic, peer }: WantedRule): AwsError {
  const { protocol, fromPort, toPort } = traffic;
  const ports = fromPort === undefined ? '' : `, from port: ${fromPort}, to port: ${toPort}`;
  const name = protocol === '-1' ? 'ALL' : protocol.toUpperCase();
  return new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peerName(peer)}, ${name}${ports}, ALLOW" already exists`,
  );
}

/** Each direction has a quota for IPv4 and one for IPv6; a group counts against both. */
function assertRoom(
  store: Ec2Store,
  group: SecurityGroupRecord,
  added: readonly WantedRule[],
  isEgress: boolean,
): void {
  const { rulesPerSecurityGroup } = store.quotas(group.ownerId, group.region);
  const rules = [...group.rules.filter((rule) => rule.isEgress === isEgress), ...added];
  for (const excluded of ['ipv6', 'ipv4']) {
    if (rules.filter(({ peer }) => peer.kind !== excluded).length > rulesPerSecurityGroup) {
      throw limitExceeded('RulesPerSecurityGroupLimitExceeded', 'rules per security group');
    }
  }
}

/** In a default VPC a rule that is not there is only reported. */
function revoke(
  store: Ec2Store,
  call: Call,
  input: RevokeSecurityGroupEgressRequest | RevokeSecurityGroupIngressRequest,
  isEgress: boolean,
): RevokeSecurityGroupIngressResult {
  const group = groupOf(store, call, input);
  const ids = input.SecurityGroupRuleIds ?? [];
  if (ids.length === 0 && input.IpPermissions === undefined && input.IpProtocol === undefined) {
    throw new AwsError(
      'MissingParameter',
      "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
    );
  }
  const found =
    ids.length > 0
      ? ids.map((id) => requireRule(group, id, isEgress))
      : wantedRules(store, group, input, { mustResolve: false }).map((rule) =>
          ruleLike(group, rule, isEgress),
        );
  const revoked = found.filter((rule) => rule !== undefined);
  if (revoked.length < found.length && !group.vpc.isDefault) {
    throw new AwsError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  for (const rule of revoked) {
    group.rules.splice(group.rules.indexOf(rule), 1);
    store.tags.forget(rule.id);
  }
  return {
    Return: true,
    UnknownIpPermissions: revoked.length < found.length ? (input.IpPermissions ?? []) : [],
    RevokedSecurityGroupRules: revoked.map((rule) => toRevoked(group, rule)),
  };
}

function ruleLike(
  group: SecurityGroupRecord,
  wanted: WantedRule,
  isEgress: boolean,
): SecurityGroupRuleRecord | undefined {
  const identity = identityOf(wanted);
  return group.rules.find((rule) => rule.isEgress === isEgress && identityOf(rule) === identity);
}

function requireRule(group: SecurityGroupRecord, id: string, isEgress?: boolean): SecurityGroupRuleRecord {
  const wellFormed = requireId('securityGroupRule', id);
  const found = group.rules.find(
    (rule) => rule.id === wellFormed && (isEgress === undefined || rule.isEgress === isEgress),
  );
  if (found === undefined) throw notFound('securityGroupRule', wellFormed);
  return found;
}

function toRevoked(group: SecurityGroupRecord, rule: SecurityGroupRuleRecord): RevokedSecurityGroupRule {
  const { peer, traffic, description } = rule;
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    IsEgress: rule.isEgress,
    IpProtocol: traffic.protocol,
    FromPort: traffic.fromPort ?? -1,
    ToPort: traffic.toPort ?? -1,
    ...(peer.kind === 'ipv4' && { CidrIpv4: peer.cidr }),
    ...(peer.kind === 'ipv6' && { CidrIpv6: peer.cidr }),
    ...(peer.kind === 'prefix-list' && { PrefixListId: peer.id }),
    ...(peer.kind === 'group' && { ReferencedGroupId: peer.groupId }),
    ...(description !== undefined && { Description: description }),
  };
}

function updateDescriptions(
  store: Ec2Store,
  call: Call,
  input: UpdateSecurityGroupRuleDescriptionsEgressRequest | UpdateSecurityGroupRuleDescriptionsIngressRequest,
  isEgress: boolean,
): UpdateSecurityGroupRuleDescriptionsIngressResult {
  const group = groupOf(store, call, input);
  const byId = input.SecurityGroupRuleDescriptions ?? [];
  if (byId.length > 0) {
    const found = byId.map(({ SecurityGroupRuleId: id, Description }) => ({
      rule: requireRule(group, id ?? '', isEgress),
      Description,
    }));
    for (const { rule, Description } of found) rule.description = Description;
    return { Return: true };
  }
  const wanted = wantedRules(store, group, input, { mustResolve: false });
  const found = wanted.map((rule) => ({ rule: ruleLike(group, rule, isEgress), wanted: rule }));
  if (found.some(({ rule }) => rule === undefined)) {
    throw new AwsError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  for (const {
    rule,
    wanted: { description },
  } of found)
    if (rule !== undefined) rule.description = description;
  return { Return: true };
}

function modifyRules(
  store: Ec2Store,
  call: Call,
  input: ModifySecurityGroupRulesRequest,
): ModifySecurityGroupRulesResult {
  const group = groupOf(store, call, input);
  const updates = (input.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId: id, SecurityGroupRule }) => {
    if (SecurityGroupRule === undefined) throw missingParameter('securityGroupRule');
    return {
      rule: requireRule(group, id ?? ''),
      traffic: trafficOf(SecurityGroupRule),
      peer: peerOfRequest(store, group, SecurityGroupRule),
      description: SecurityGroupRule.Description,
    };
  });
  if (updates.length === 0) throw missingParameter('securityGroupRules');
  for (const { rule, traffic, peer, description } of updates) {
    const twin = ruleLike(group, { traffic, peer, description }, rule.isEgress);
    if (twin !== undefined && twin !== rule) throw duplicate({ traffic, peer, description });
  }
  for (const { rule, ...next } of updates) Object.assign(rule, next);
  return { Return: true };
}

function peerOfRequest(
  store: Ec2Store,
  group: SecurityGroupRecord,
  request: SecurityGroupRuleRequest,
): RulePeer {
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId } = request;
  if (CidrIpv4 !== undefined) return cidrPeer(CidrIpv4, 'ipv4');
  if (CidrIpv6 !== undefined) return cidrPeer(CidrIpv6, 'ipv6');
  if (PrefixListId !== undefined) return { kind: 'prefix-list', id: PrefixListId };
  if (ReferencedGroupId !== undefined) return resolveGroup(store, group, { GroupId: ReferencedGroupId });
  throw missingParameter('cidrIpv4');
}

function describeRules(
  store: Ec2Store,
  call: Call,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  const ids = (input.SecurityGroupRuleIds ?? []).map((id) => requireId('securityGroupRule', id));
  const all = store
    .securityGroupsOf(placeOf(call))
    .flatMap((group) => group.rules.map((rule) => ({ group, rule })));
  const known = new Set(all.map(({ rule }) => rule.id));
  for (const id of ids) if (!known.has(id)) throw notFound('securityGroupRule', id);
  const rows = all.map(({ group, rule }, index) => rowOf(index + 1, () => toRule(store, call, group, rule)));
  const page = selectPage(
    ids.length > 0 ? rows.filter((_, index) => ids.includes(all[index]?.rule.id ?? '')) : rows,
    input,
    {
      ids,
      idsParameter: 'securityGroupRuleIds',
      filters: RULE_FILTERS,
      tags: ({ view }) => view.Tags ?? [],
      pageSize: store.options.pageSize,
    },
  );
  return { SecurityGroupRules: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
const RULE_FILTERS: FilterTable<Row<SecurityGroupRule>> = {
  'group-id': ({ view }) => [view.GroupId],
  'security-group-rule-id': ({ view }) => [view.SecurityGroupRuleId],
};
