import { noteAddressUnits } from './address-units.ts';
import type { Family, Range } from './blocks.ts';
import { showBlock } from './blocks.ts';
import { resolveEnds, type End, type Resolution } from './ends.ts';
import { finding, LAYERS, type Finding, type Symptom } from './finding.ts';
import { linkOf, type Link } from './link.ts';
import type { NetworkIndex } from './network-index.ts';
import { ALL_PORTS, type Protocol } from './packet.ts';
import { checkPath } from './path.ts';
import { noteHost } from './side-notes.ts';

export interface Question {
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  /** Of TCP and UDP; where it is left out, all are asked about. */
  readonly port: number | undefined;
  readonly family: Family | undefined;
  /** The ports that the asking host sends from; its system's where it is left out. */
  readonly replyPorts: Range | undefined;
  /** Whether the other end is asked by a name. */
  readonly isAskedByName: boolean;
}

export type Answer =
  | {
      readonly kind: 'answer';
      readonly verdict: 'yes' | 'no' | 'not-known';
      readonly from: readonly End[];
      readonly to: readonly End[];
      /** In the order of the layers, each once. */
      readonly findings: readonly Finding[];
    }
  /** What was asked about is not clear: nothing has the name, or more than one thing has. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** What the policy says to the two VPCs. */
export type AskPolicy = (from: End['vpc'], to: End['vpc'], link: Link) => Finding;

/** More pairs of subnets than people ask about: two VPCs of fifty subnets each. */
const PAIRS_MAX = 2500;

/**
 * Whether A reaches B over a peering, and if not why: every layer that AWS's API shows, both ways.
 *
 * @example
 * ```ts
 * check({ from: 'web', to: '10.2.9.3', protocol: 'tcp', port: 5432, ... }, indexNetwork(places));
 * ```
 */
export function check(question: Question, index: NetworkIndex, askPolicy?: AskPolicy): Answer {
  const { from, to } = resolveEnds(question.from, question.to, index);
  const unclear =
    unclearText(question.from, from) ?? (to.kind === 'outside' ? undefined : unclearText(question.to, to));
  if (unclear !== undefined || from.kind !== 'ends') return { kind: 'unclear', reason: unclear ?? '' };
  if (to.kind === 'outside') return answerOf(from.ends, [], [outside(to.block)]);
  if (to.kind !== 'ends') return { kind: 'unclear', reason: '' };
  const pairs = from.ends.flatMap((one) => to.ends.map((other) => [one, other] as const));
  const findings = pairs.slice(0, PAIRS_MAX).flatMap(([one, other]) =>
    checkPath({
      index,
      from: one,
      to: other,
      traffic: {
        protocol: question.protocol,
        ports: portsOf(question),
        replyPorts: question.replyPorts ?? ephemeralPorts(one, index),
      },
      isPortSaid: question.port !== undefined || question.protocol === 'icmp',
      family: question.family,
      isAskedByName: question.isAskedByName,
    }),
  );
  const cut = pairs.length > PAIRS_MAX ? [tooMany(pairs.length)] : [];
  const policy =
    askPolicy === undefined
      ? []
      : pairs
          .slice(0, PAIRS_MAX)
          .map(([one, other]) => askPolicy(one.vpc, other.vpc, linkOf(one.vpc, other.vpc, index)));
  const units = noteAddressUnits(
    [...from.ends, ...to.ends].map(({ vpc }) => vpc),
    index,
  );
  const notes = [...units, noteHost(portText(question))];
  return answerOf(from.ends, to.ends, [...policy, ...findings, ...cut, ...notes]);
}

function answerOf(from: readonly End[], to: readonly End[], all: readonly Finding[]): Answer {
  const once = new Map(all.map((each) => [`${each.layer} ${each.verdict} ${each.text}`, each]));
  const findings = [...once.values()].toSorted(
    (one, other) => LAYERS.indexOf(one.layer) - LAYERS.indexOf(other.layer),
  );
  return { kind: 'answer', verdict: verdictOf(findings), from, to, findings };
}

export function verdictOf(findings: readonly Finding[]): 'yes' | 'no' | 'not-known' {
  const has = (verdict: Finding['verdict']): boolean => findings.some((each) => each.verdict === verdict);
  if (has('no')) return 'no';
  return has('not-known') ? 'not-known' : 'yes';
}

/** Those that explain a symptom first; the order of the layers stays. */
export const bySymptom = (findings: readonly Finding[], symptom: Symptom): readonly Finding[] => [
  ...findings.filter((each) => each.symptom === symptom),
  ...findings.filter((each) => each.symptom !== symptom),
];

function unclearText(asked: string, resolution: Resolution): string | undefined {
  switch (resolution.kind) {
    case 'ends':
      return undefined;
    case 'none':
      return resolution.reason;
    case 'outside':
      return `${showBlock(resolution.block)} lies in no subnet that was read`;
    case 'ambiguous':
      return `${asked} may be ${resolution.ids.join(' or ')}: give the id`;
  }
}

/** Rows 4 and 25. */
function outside(block: End['blocks'][number]): Finding {
  const text = `${showBlock(block)} lies in no subnet that was read. A peering leads only to addresses of the two VPCs, not to an internet gateway, a NAT gateway, a VPN, or another network behind them.`;
  return finding({ layer: 'ends', verdict: 'no', code: 'address-outside', text });
}

function tooMany(count: number): Finding {
  const text = `Of ${count} pairs of subnets the first ${PAIRS_MAX} were looked at: ask about subnets.`;
  return finding({ layer: 'ends', verdict: 'not-known', code: 'too-many-pairs', text });
}

const portsOf = ({ port }: Question): Range => (port === undefined ? ALL_PORTS : { from: port, to: port });

const portText = ({ protocol, port }: Question): string =>
  port === undefined ? protocol : `${protocol} port ${port}`;

/** Row 23. @see https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports */
const EPHEMERAL_PORTS = {
  linux: { from: 32_768, to: 61_000 },
  windows: { from: 49_152, to: 65_535 },
  /** Load balancers, Lambda functions, NAT gateways, and whatever else is not known. */
  other: { from: 1024, to: 65_535 },
} as const;

function ephemeralPorts({ interface: own }: End, index: NetworkIndex): Range {
  const instance = own?.instanceId === undefined ? undefined : index.instances.get(own.instanceId);
  if (instance === undefined) return EPHEMERAL_PORTS.other;
  return instance.isWindows ? EPHEMERAL_PORTS.windows : EPHEMERAL_PORTS.linux;
}
