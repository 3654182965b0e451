import { parsePeeringId, parseRegion } from '../domain/facts/ids.ts';
import { partitionOf } from '../domain/facts/partition.ts';

/** The peering in the console of one of its regions; nothing where the id or the region is of another form. */
export function peeringLink(peeringText: string, regionText: string): string | undefined {
  const [peeringId, region] = [parsePeeringId(peeringText), parseRegion(regionText)];
  if (peeringId === undefined || region === undefined) return undefined;
  const { consoleHost } = partitionOf(region);
  return `https://${region}.${consoleHost}/vpcconsole/home?region=${region}#PeeringConnectionDetails:VpcPeeringConnectionId=${peeringId}`;
}
