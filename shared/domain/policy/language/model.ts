import type { Cidr } from '../../facts/cidr.ts';
import type { AccountId, OuId, Region, VpcId } from '../../facts/ids.ts';
import { approvalTermsOf, type ApprovalTerms } from './approval-terms.ts';
import { canonicalJson, compareText, sortedUnique } from './canonical.ts';
import {
  BUILT_IN_CONNECT,
  BUILT_IN_LIMITS,
  type ConnectOptions,
  type ConnectOverrides,
  type DestinationChoice,
  type Limits,
  mergeConnect,
  mergeLimits,
  type RouteWriting,
  type TableChoice,
} from './connect.ts';
import { BUILT_IN_GUARDRAILS, type Guardrails } from './guardrails.ts';
import type { ConnectFile, PolicyFile, SelectorFile, SideFile } from './schema.ts';

/** A set of VPCs. Fields are ANDed, a field's entries are ORed; an absent field says nothing. */
export interface Selector {
  /** In at least one of these groups. */
  readonly groups: readonly string[] | undefined;
  readonly accounts: readonly AccountId[] | undefined;
  /** Under one of these, at any depth. */
  readonly ous: readonly OuId[] | undefined;
  readonly external: boolean | undefined;
  readonly regions: readonly Region[] | undefined;
  readonly vpcs: readonly VpcId[] | undefined;
  /** Whether it is the default VPC that AWS made. */
  readonly defaultVpc: boolean | undefined;
  /** Each key with one of its values. */
  readonly tags: readonly TagCondition[] | undefined;
  readonly cidrs: readonly Cidr[] | undefined;
  /** None of these. */
  readonly except: SideSpec | undefined;
}

export interface TagCondition {
  readonly key: string;
  readonly values: readonly string[];
}

/** One of these must match: names of groups and selectors written in place. */
export type SideSpec = readonly (string | Selector)[];

export type Ends =
  | { readonly kind: 'directed'; readonly requester: SideSpec; readonly accepter: SideSpec }
  /** Either way round. */
  | { readonly kind: 'between'; readonly one: SideSpec; readonly other: SideSpec };

/** Who answers for a rule, in free words: shown with it, and without any effect on a decision. */
export interface RuleNotes {
  readonly owner: string | undefined;
  readonly ticket: string | undefined;
}

export interface AllowRule extends RuleNotes {
  readonly kind: 'allow';
  readonly name: string;
  readonly ends: Ends;
  /** Whose approval it waits for; `undefined` where it needs none. */
  readonly approval: ApprovalTerms | undefined;
  /** Whether one side may lie in the organization, but in a region that the policy does not govern. */
  readonly oneSided: boolean;
  /** The rule's own options over the policy's defaults. */
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  /** The first instant at which it allows nothing more, in epoch milliseconds. */
  readonly expires: number | undefined;
  /** A trial rule: it decides nothing, and autopeer says what it would change. */
  readonly dryRun: boolean;
}

export interface DenyRule extends RuleNotes {
  readonly kind: 'deny';
  readonly name: string;
  readonly ends: Ends;
  readonly reason: string | undefined;
  /** A trial rule: it decides nothing, and autopeer says what it would change. */
  readonly dryRun: boolean;
}

export type Unmatched = 'hold' | 'reject' | 'ignore';

/**
 * A policy in its one canonical form: every list sorted, every default filled in. Two files that differ only in
 * comments or in the order of things have the same model, and so the same version and the same decisions.
 */
export interface PolicyModel {
  readonly regions: readonly Region[];
  /** Sorted by name. */
  readonly groups: ReadonlyMap<string, Selector>;
  readonly defaults: {
    readonly unmatched: Unmatched;
    readonly connect: ConnectOptions;
    readonly limits: Limits;
  };
  /** Sorted by name. */
  readonly allow: readonly AllowRule[];
  /** Sorted by name. */
  readonly deny: readonly DenyRule[];
  readonly guardrails: Guardrails;
  /** Only say what would be done, for every peering. */
  readonly dryRun: boolean;
  /** Whether peerings get tags that say how they stand. */
  readonly statusTags: boolean;
}

/** The canonical model of a file that has passed the schema and the checks of its references. */
export function modelOf(file: PolicyFile): PolicyModel {
  const connect = mergeConnect(BUILT_IN_CONNECT, overridesOf(file.defaults?.connect));
  const limits = mergeLimits(BUILT_IN_LIMITS, file.defaults?.limits);
  const groups = Object.entries(file.groups ?? {}).toSorted(([one], [other]) => compareText(one, other));
  return {
    regions: sortedUnique(file.regions),
    groups: new Map(groups.map(([name, selector]) => [name, selectorOf(selector)])),
    defaults: { unmatched: file.defaults?.unmatched ?? 'hold', connect, limits },
    allow: (file.allow ?? []).toSorted(byName).map((rule) => ({
      kind: 'allow',
      name: rule.name,
      ends: endsOf(rule),
      approval: approvalTermsOf(rule.approval, file),
      oneSided: rule.oneSided ?? false,
      connect: mergeConnect(connect, overridesOf(rule.connect)),
      limits: mergeLimits(limits, rule.limits),
      expires: rule.expires,
      dryRun: rule.dryRun ?? false,
      owner: rule.owner,
      ticket: rule.ticket,
    })),
    deny: (file.deny ?? []).toSorted(byName).map((rule) => ({
      kind: 'deny',
      name: rule.name,
      ends: endsOf(rule),
      reason: rule.reason,
      dryRun: rule.dryRun ?? false,
      owner: rule.owner,
      ticket: rule.ticket,
    })),
    guardrails: {
      unsanctioned: file.guardrails?.unsanctioned ?? BUILT_IN_GUARDRAILS.unsanctioned,
      unapproved: file.guardrails?.unapproved ?? BUILT_IN_GUARDRAILS.unapproved,
      atMost: file.guardrails?.atMost ?? BUILT_IN_GUARDRAILS.atMost,
    },
    dryRun: file.dryRun ?? false,
    statusTags: file.statusTags ?? true,
  };
}

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  compareText(one.name, other.name);

/** The canonical form of a selector; also of one that a command line gives. */
export function selectorOf(file: SelectorFile): Selector {
  const tags = Object.entries(file.tags ?? {})
    .toSorted(([one], [other]) => compareText(one, other))
    .map(([key, value]) => ({ key, values: sortedUnique(typeof value === 'string' ? [value] : value) }));
  return {
    groups: file.groups && sortedUnique(file.groups),
    accounts: file.accounts && sortedUnique(file.accounts),
    ous: file.ous && sortedUnique(file.ous),
    external: file.external,
    regions: file.regions && sortedUnique(file.regions),
    vpcs: file.vpcs && sortedUnique(file.vpcs),
    defaultVpc: file.defaultVpc,
    tags: tags.length === 0 ? undefined : tags,
    cidrs: file.cidrs && sortedUnique(file.cidrs),
    except: file.except === undefined ? undefined : sideOf(file.except),
  };
}

function sideOf(file: SideFile): SideSpec {
  const entryOf = (entry: string | SelectorFile): string | Selector =>
    typeof entry === 'string' ? entry : selectorOf(entry);
  if (!Array.isArray(file)) return [entryOf(file)];
  const distinct = new Map<string, string | Selector>();
  for (const canonical of file.map(entryOf)) {
    distinct.set(canonicalJson(canonical), canonical);
  }
  return [...distinct].toSorted(([one], [other]) => compareText(one, other)).map(([, entry]) => entry);
}

interface EndsFile {
  readonly requester?: SideFile | undefined;
  readonly accepter?: SideFile | undefined;
  readonly between?: readonly [SideFile, SideFile] | undefined;
}

function endsOf({ requester, accepter, between }: EndsFile): Ends {
  if (between !== undefined) {
    const [one, other] = [sideOf(between[0]), sideOf(between[1])];
    // The sides of a `between` have no order either.
    return canonicalJson(one) <= canonicalJson(other)
      ? { kind: 'between', one, other }
      : { kind: 'between', one: other, other: one };
  }
  if (requester === undefined || accepter === undefined) {
    throw new Error('a rule without both ends passed the check of references');
  }
  return { kind: 'directed', requester: sideOf(requester), accepter: sideOf(accepter) };
}

function overridesOf(file: ConnectFile | undefined): ConnectOverrides | undefined {
  if (file === undefined) return undefined;
  const { routes } = file;
  if (routes === undefined) return { dns: file.dns };
  if (routes === 'none') return { dns: file.dns, routes: { writing: { kind: 'never' } } };
  const { settle, modes, tables, destinations, exclude, ipv6, newCidrs } = routes;
  return {
    dns: file.dns,
    routes: {
      writing: settle === undefined ? undefined : writingAfter(settle),
      modes: modes && sortedUnique(modes),
      tables: tables === undefined ? undefined : tableChoiceOf(tables),
      destinations: destinations === undefined ? undefined : destinationChoiceOf(destinations),
      exclude: exclude && sortedUnique(exclude),
      ipv6,
      newCidrs,
    },
  };
}

const writingAfter = (seconds: number): RouteWriting =>
  seconds === 0 ? { kind: 'at-once' } : { kind: 'settle', seconds };

type RoutesFile = Exclude<NonNullable<ConnectFile['routes']>, 'none'>;

function tableChoiceOf(file: NonNullable<RoutesFile['tables']>): TableChoice {
  if (typeof file === 'string') return { kind: file };
  return 'tagged' in file
    ? { kind: 'tagged', tags: file.tagged }
    : { kind: 'listed', ids: sortedUnique(file) };
}

function destinationChoiceOf(file: NonNullable<RoutesFile['destinations']>): DestinationChoice {
  return typeof file === 'string' ? { kind: file } : { kind: 'listed', cidrs: sortedUnique(file) };
}
