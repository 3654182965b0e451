import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { canonicalJson } from '../../shared/domain/policy/language/canonical.ts';
import { blockContains, blockOf } from '../../shared/domain/policy/decision/blocks.ts';
import type {
  ConnectOptions,
  DestinationChoice,
  NewCidrs,
  RouteWriting,
  TableChoice,
  WritingMode,
} from '../../shared/domain/policy/language/connect.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import { both, type Growth } from './growth.ts';
import type { Terms } from './outcome.ts';

/** How the terms of an accepted peering differ. */
export interface TermsChange {
  readonly growth: Growth;
  /** One entry for each option that differs, for people: `dns: off → on`. */
  readonly options: readonly string[];
}

/** Compares what two rules do once they have accepted: whether the second one lets more through. */
export function compareTerms(before: Terms, after: Terms): TermsChange {
  const [one, other] = [before.connect, after.connect];
  const { peeringsPerVpc, routesPerTable } = before.limits;
  const differences = [
    difference('dns', one.dns, other.dns, dnsGrowth, dnsText),
    difference('routes', one.routes.writing, other.routes.writing, writingGrowth, writingText),
    difference('modes', one.routes.modes, other.routes.modes, () => 'unclear', modesText),
    difference('tables', one.routes.tables, other.routes.tables, tableGrowth, tableText),
    difference(
      'destinations',
      one.routes.destinations,
      other.routes.destinations,
      destinationGrowth,
      destinationText,
    ),
    difference('exclude', one.routes.exclude, other.routes.exclude, excludeGrowth, cidrsText),
    difference('ipv6', one.routes.ipv6, other.routes.ipv6, byOrder(Number), onOff),
    difference(
      'newCidrs',
      one.routes.newCidrs,
      other.routes.newCidrs,
      byOrder((word) => NEW_CIDRS.indexOf(word)),
      String,
    ),
    difference('oneSided', before.oneSided, after.oneSided, byOrder(Number), onOff),
    difference('peeringsPerVpc', peeringsPerVpc, after.limits.peeringsPerVpc, byOrder(Number), String),
    difference('routesPerTable', routesPerTable, after.limits.routesPerTable, byOrder(Number), String),
  ].filter((each) => each !== undefined);
  return {
    growth: differences.map(({ growth }) => growth).reduce(both, 'same'),
    options: differences.map(({ text }) => text),
  };
}

/** From strict to mild. */
const NEW_CIDRS: readonly NewCidrs[] = ['hold', 'safe', 'route'];

function difference<Value>(
  name: string,
  before: Value,
  after: Value,
  growthOf: (before: Value, after: Value) => Growth,
  show: (value: Value) => string,
): { readonly growth: Growth; readonly text: string } | undefined {
  if (canonicalJson(before) === canonicalJson(after)) return undefined;
  return { growth: growthOf(before, after), text: `${name}: ${show(before)} → ${show(after)}` };
}

const byOrder =
  <Value>(measure: (value: Value) => number) =>
  (before: Value, after: Value): Growth =>
    measure(after) > measure(before) ? 'grew' : 'shrank';

function tableGrowth(before: TableChoice, after: TableChoice): Growth {
  if (after.kind === 'all') return 'grew';
  if (before.kind === 'all') return 'shrank';
  if (before.kind === 'listed' && after.kind === 'listed') return setGrowth(before.ids, after.ids);
  return 'unclear';
}

function destinationGrowth(before: DestinationChoice, after: DestinationChoice): Growth {
  // Every subnet lies within a CIDR of its VPC.
  if (before.kind === 'subnet-cidrs' && after.kind === 'vpc-cidrs') return 'grew';
  if (before.kind === 'vpc-cidrs' && after.kind === 'subnet-cidrs') return 'shrank';
  if (before.kind === 'listed' && after.kind === 'listed') return setGrowth(before.cidrs, after.cidrs);
  return 'unclear';
}

function setGrowth(before: readonly string[], after: readonly string[]): Growth {
  const [one, other] = [new Set(before), new Set(after)];
  if (one.isSubsetOf(other)) return 'grew';
  return other.isSubsetOf(one) ? 'shrank' : 'unclear';
}

/** An entry takes away every destination within it: the fewer addresses are excluded, the more is let through. */
function excludeGrowth(before: readonly Cidr[], after: readonly Cidr[]): Growth {
  const [fewer, more] = [coveredBy(after, before), coveredBy(before, after)];
  if (fewer && more) return 'same';
  if (fewer) return 'grew';
  return more ? 'shrank' : 'unclear';
}

const coveredBy = (cidrs: readonly Cidr[], others: readonly Cidr[]): boolean =>
  cidrs.every((cidr) => others.some((other) => blockContains(blockOf(other), blockOf(cidr))));

/** What autopeer leaves to others, others may turn on. */
function dnsGrowth(before: ConnectOptions['dns'], after: ConnectOptions['dns']): Growth {
  if (before === 'leave' || after === 'leave') return 'unclear';
  return after ? 'grew' : 'shrank';
}

/** What is written later is written all the same. */
function writingGrowth({ kind: before }: RouteWriting, { kind: after }: RouteWriting): Growth {
  if ((before === 'never') === (after === 'never')) return 'same';
  return after === 'never' ? 'shrank' : 'grew';
}

const dnsText = (value: ConnectOptions['dns']): string => (value === 'leave' ? value : onOff(value));

const writingText = (writing: RouteWriting): string => {
  switch (writing.kind) {
    case 'at-once':
      return 'at once';
    case 'settle':
      return `after ${writing.seconds} s`;
    case 'never':
      return 'none';
  }
};

const modesText = (modes: readonly WritingMode[]): string =>
  modes.length === 0 ? 'the rule alone' : shortList(modes);

const onOff = (value: boolean): string => (value ? 'on' : 'off');

const cidrsText = (cidrs: readonly Cidr[]): string => (cidrs.length === 0 ? 'nothing' : shortList(cidrs));

const destinationText = (choice: DestinationChoice): string =>
  choice.kind === 'listed' ? shortList(choice.cidrs) : choice.kind;

function tableText(choice: TableChoice): string {
  switch (choice.kind) {
    case 'tagged':
      return `tagged ${shortList(Object.entries(choice.tags).map(([key, value]) => `${key}=${value}`))}`;
    case 'listed':
      return shortList(choice.ids);
    case 'associated':
    case 'main':
    case 'all':
      return choice.kind;
  }
}
