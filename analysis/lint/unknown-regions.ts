import { parseRegion } from '../../shared/domain/facts/ids.ts';
import type { Finding, Path, PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { isMapping } from '../../shared/domain/policy/language/raw.ts';
import { nearestName } from '../../shared/domain/policy/language/suggest.ts';
import type { YamlSource } from '../../shared/domain/policy/language/yaml-source.ts';
import { AWS_REGIONS } from './aws-regions.ts';

/**
 * The regions in a policy file that AWS does not have. Works on the raw values, so that these faults come together
 * with all others. What has not even the form of a region is left to the schema.
 */
export const findUnknownRegions = (source: YamlSource): readonly PolicyFault[] =>
  unknownIn(source.value, []).map((finding) => source.locate(finding));

/** Recursion is bounded: the reader of YAML refuses what is nested too deeply. */
function unknownIn(value: unknown, path: Path): readonly Finding[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownIn(item, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = [...path, key];
    if (key === 'tags') return [];
    return key === 'regions' && Array.isArray(member)
      ? member.flatMap((region, index) => unknownRegion(region, [...at, index]))
      : unknownIn(member, at);
  });
}

function unknownRegion(region: unknown, path: Path): readonly Finding[] {
  if (typeof region !== 'string' || parseRegion(region) === undefined || AWS_REGIONS.has(region)) return [];
  const meant = nearestName(region, AWS_REGIONS);
  const advice = meant === undefined ? 'correct the name.' : `did you mean ${meant}?`;
  const message = `AWS has no region ${region} that this autopeer knows: ${advice} For a region that is newer, use a newer autopeer`;
  return [{ path, message }];
}
