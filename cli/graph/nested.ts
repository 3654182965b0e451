import type { Graph, GraphVpc } from '../../analysis/graph/model.ts';
import { plainWords } from '../../shared/domain/words/foreign-text.ts';

/** What holds others in a text format: an OU, an account, or the strangers. */
export interface Box {
  /** Letters, digits and underscores: a name in every such language. */
  readonly key: string;
  /** One line, cleaned, not yet escaped. */
  readonly label: string;
  readonly boxes: readonly Box[];
  readonly vpcs: readonly { readonly key: string; readonly label: string; readonly region: string }[];
}

const LABEL_CHARACTERS = 60;

/** `vpc-0a1b` as a name: languages read a hyphen as an operator. */
export const keyOf = (id: string): string => id.replaceAll(/[^A-Za-z0-9]/g, '_');

const labelled = (name: string | undefined, id: string): string => {
  const words = plainWords(name ?? '', LABEL_CHARACTERS);
  return words === '' ? id : `${words} (${id})`;
};

/** The graph as boxes in boxes, with the VPCs that have a peering: a text diagram of thousands helps nobody. */
export function boxesOf({ ous, accounts, vpcs, peerings }: Graph): readonly Box[] {
  const joined = new Set(peerings.flatMap(({ requester, accepter }) => [requester, accepter]));
  const vpcsIn = Map.groupBy(
    vpcs.filter(({ id }) => joined.has(id)),
    ({ accountId }) => accountId,
  );
  const accountsIn = Map.groupBy(accounts, ({ isMember, ou }) => (isMember ? ou : 'outside'));
  const ousIn = Map.groupBy(ous, ({ parent }) => parent);
  const leaf = ({ id, name, region }: GraphVpc) => ({
    key: keyOf(id),
    label: labelled(name, id),
    region,
  });
  const accountBoxes = (place: string | null): readonly Box[] =>
    [...accountsIn]
      .filter(([ou]) => ou === place)
      .flatMap(([, list]) => list)
      .map(({ id, name }) => ({
        key: `account_${id}`,
        label: labelled(name, id),
        boxes: [],
        vpcs: (vpcsIn.get(id) ?? []).map(leaf),
      }));
  const under = (place: (typeof ous)[number]['parent']): readonly Box[] =>
    [
      ...(ousIn.get(place) ?? []).map(({ id, name }) => ({
        key: keyOf(id),
        label: labelled(name, id),
        boxes: under(id),
        vpcs: [],
      })),
      ...accountBoxes(place),
    ].filter(isFilled);
  const strangers = accountBoxes('outside').filter(isFilled);
  const outside = { key: 'outside', label: 'outside the organization', boxes: strangers, vpcs: [] };
  return [...under(null), ...(strangers.length > 0 ? [outside] : [])];
}

const isFilled = ({ boxes, vpcs }: Box): boolean => boxes.length > 0 || vpcs.length > 0;
