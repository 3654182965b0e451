import { type Cidr, parseCidr } from '../../shared/domain/facts/cidr.ts';
import {
  type AccountId,
  parseAccountId,
  parseOuId,
  parseRegion,
  parseVpcId,
} from '../../shared/domain/facts/ids.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { type Condition, judge, NO, viewOf, YES } from '../../shared/domain/policy/decision/conditions.ts';
import { ANY } from '../../shared/domain/policy/decision/fields.ts';
import { Judgement } from '../../shared/domain/policy/decision/judgement.ts';
import { NodeTable } from '../../shared/domain/policy/decision/nodes.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { didYouMean } from '../../shared/domain/policy/language/suggest.ts';
import { CidrSet, valuesOf } from '../../shared/domain/policy/language/values.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/** A question's way of naming VPCs: every part must match. */
export interface SideQuery {
  readonly text: string;
  /** Accounts that it names: they are worth asking about even where the snapshot does not have them. */
  readonly accounts: readonly AccountId[];
  /** CIDRs that it names: what to take the CIDRs of a VPC outside the organization to be. */
  readonly cidrs: readonly Cidr[];
  /** Whether a part of it says who is meant: a group, an account, `external`. A region or a CIDR alone does not. */
  readonly namesOwner: boolean;
  /** Whether it means this VPC. A tag or a CIDR that is not known is not the one that is asked for. */
  matches(side: PolicySide): boolean;
}

export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: SideQuery }
  | { readonly kind: 'faulty'; readonly message: string };

type Part = (side: PolicySide) => boolean;
type ParsedPart =
  | { readonly part: Part; readonly owner?: AccountId | 'any'; readonly cidr?: Cidr }
  | { readonly fault: string };

/**
 * Reads a selector as the command line has it: parts with commas between them, all of which must match.
 *
 * A group means what it means to an allow rule. `cidr:` wants every CIDR of the VPC inside; the other parts say
 * nothing about whether the VPC is in the organization.
 *
 * @example
 * ```ts
 * parseQuery('prod,region:eu-west-1', policy, index);
 * parseQuery('tag:tier=shared,cidr:10.0.0.0/8', policy, index);
 * ```
 */
export function parseQuery(text: string, policy: CompiledPolicy, index: SnapshotIndex): ParsedQuery {
  const parsed = text.split(',').map((part) => parsePart(part.trim(), policy, index));
  const parts: Part[] = [];
  const accounts: AccountId[] = [];
  const cidrs: Cidr[] = [];
  let namesOwner = false;
  for (const one of parsed) {
    if ('fault' in one) return { kind: 'faulty', message: one.fault };
    parts.push(one.part);
    if (one.owner !== undefined) namesOwner = true;
    if (one.owner !== undefined && one.owner !== 'any') accounts.push(one.owner);
    if (one.cidr !== undefined) cidrs.push(one.cidr);
  }
  const matches = (side: PolicySide): boolean => parts.every((part) => part(side));
  return { kind: 'query', query: { text, accounts, cidrs, namesOwner, matches } };
}

const KINDS = ['account', 'ou', 'vpc', 'cidr', 'region', 'tag'] as const;
const FORMS = 'account:…, ou:…, vpc:…, cidr:…, region:…, tag:key=value or external';

function parsePart(text: string, policy: CompiledPolicy, index: SnapshotIndex): ParsedPart {
  if (text === '') return fault(`an empty selector: write a group's name, ${FORMS}`);
  if (text === 'external')
    return { part: conditionPart({ kind: 'membership', external: true, isStated: true }), owner: 'any' };
  const colon = text.indexOf(':');
  if (colon === -1) return groupPart(text, policy);
  const [kind, value] = [text.slice(0, colon), text.slice(colon + 1)];
  const known = KINDS.find((each) => each === kind);
  if (known === undefined) {
    return fault(`unknown kind of selector '${kind}:'${didYouMean(kind, KINDS) || `: write ${FORMS}`}`);
  }
  return parseValue(known, value, index);
}

function groupPart(name: string, { model }: CompiledPolicy): ParsedPart {
  if (name !== ANY && !model.groups.has(name)) {
    const names = [...model.groups.keys(), ANY, 'external'];
    const suggestion = didYouMean(name, names);
    return fault(`unknown group '${name}'${suggestion || `: a selector is a group's name, ${FORMS}`}`);
  }
  const table = new NodeTable(model.groups);
  const id = table.sideNode([name], 'narrow');
  // A vendor's group means the vendor also while the CIDRs of its VPCs are not known: the decision says what they
  // must be.
  const part: Part = (side) => new Judgement(table.nodes, viewOf(side)).of(id) !== NO;
  return { part, owner: 'any' };
}

function parseValue(kind: (typeof KINDS)[number], value: string, index: SnapshotIndex): ParsedPart {
  switch (kind) {
    case 'account': {
      const account = parseAccountId(value);
      if (account === undefined) return fault(`'${value}' is not an account id of twelve digits`);
      return { part: conditionPart({ kind: 'accounts', values: valuesOf([account]) }), owner: account };
    }
    case 'ou': {
      const ou = parseOuId(value);
      if (ou === undefined) return fault(`'${value}' is not an OU id, such as ou-ab12-prod0001`);
      const known = index.snapshot.ous.map(({ id }) => id);
      if (!known.includes(ou)) return fault(`the snapshot has no OU ${ou}${didYouMean(ou, known)}`);
      return { part: conditionPart({ kind: 'ous', values: valuesOf([ou]) }) };
    }
    case 'vpc': {
      const vpc = parseVpcId(value);
      if (vpc === undefined) return fault(`'${value}' is not a VPC id, such as vpc-0123456789abcdef0`);
      const known = index.vpcs.map(({ vpcId }) => vpcId);
      if (!known.includes(vpc)) return fault(`the snapshot has no VPC ${vpc}${didYouMean(vpc, known)}`);
      return { part: conditionPart({ kind: 'vpcs', values: valuesOf([vpc]) }) };
    }
    case 'cidr': {
      const cidr = parseCidr(value);
      if (cidr === undefined) return fault(`'${value}' is not a CIDR, such as 10.0.0.0/16`);
      const set = new CidrSet([cidr]);
      return { part: conditionPart({ kind: 'cidrs', reading: 'narrow', set }), cidr };
    }
    case 'region': {
      const region = parseRegion(value);
      if (region === undefined) return fault(`'${value}' is not a region, such as eu-west-1`);
      return { part: conditionPart({ kind: 'regions', values: valuesOf([region]) }) };
    }
    case 'tag': {
      const [key = '', ...rest] = value.split('=');
      if (key === '' || rest.length === 0) return fault(`write tag:key=value, not tag:${value}`);
      return { part: conditionPart({ kind: 'tag', key, values: valuesOf([rest.join('=')]) }) };
    }
  }
}

const conditionPart =
  (condition: Condition): Part =>
  (side) =>
    judge(condition, viewOf(side)) === YES;

const fault = (message: string): ParsedPart => ({ fault: message });
