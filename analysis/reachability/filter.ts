import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { showBlock, showRange, type Range } from './blocks.ts';
import { ALL_PORTS } from './packet.ts';

/** What rules say to one part of the addresses and ports that are asked about. */
export interface Judged {
  readonly part: Cidr;
  readonly ports: Range;
  readonly outcome: 'allow' | 'deny' | 'hidden';
  /** The rule, in words. */
  readonly by: string;
}

export interface Summary {
  readonly verdict: 'yes' | 'no' | 'not-known';
  /** What is refused, or not known: ` for ports 80-99` */
  readonly of: string;
  /** The first that speaks against it, else the first of all. */
  readonly first: Judged | undefined;
}

/**
 * Some ports refused is a no where the ports are meant; where nobody said which port, it depends on it.
 *
 * @param asked all ports and addresses that were judged
 * @param isPortSaid whether all of these ports are needed
 */
export function summarize(
  judged: readonly Judged[],
  asked: { readonly block: Cidr; readonly ports: Range },
  isPortSaid: boolean,
): Summary {
  const denied = judged.filter(({ outcome }) => outcome === 'deny');
  const hidden = judged.filter(({ outcome }) => outcome === 'hidden');
  const against = denied.length > 0 ? denied : hidden;
  const [first = judged[0]] = against;
  if (against.length === 0) return { verdict: 'yes', of: '', first };
  if (denied.length === 0) return { verdict: 'not-known', of: extent(hidden, asked), first };
  // A part of the addresses that is refused whatever the port is refused.
  const isOpenSomewhere = denied.every(({ part }) =>
    judged.some((other) => other.part === part && other.outcome !== 'deny'),
  );
  const depends = !isPortSaid && isOpenSomewhere;
  return { verdict: depends ? 'not-known' : 'no', of: extent(denied, asked), first };
}

const SHOWN_MAX = 3;

function extent(
  against: readonly Judged[],
  { block, ports }: { readonly block: Cidr; readonly ports: Range },
): string {
  const ranges = [...new Set(against.map((each) => showRange(each.ports)))];
  const parts = [...new Set(against.map((each) => showBlock(each.part)))];
  const whichPorts = ranges.includes(showRange(ports)) ? '' : ` on ports ${short(ranges)}`;
  const whichParts = parts.includes(showBlock(block)) ? '' : ` for ${short(parts)}`;
  return `${whichParts}${whichPorts}`;
}

const short = (texts: readonly string[]): string =>
  texts.length > SHOWN_MAX ? `${texts.slice(0, SHOWN_MAX).join(', ')} and more` : texts.join(', ');

export const isAllPorts = ({ from, to }: Range): boolean => from === ALL_PORTS.from && to === ALL_PORTS.to;
