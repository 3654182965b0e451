import { SeededRandom } from '../../sim/random.ts';
import type { Workload } from './engine.ts';
import { makeRequests } from './generate-requests.ts';
import { makeRules } from './generate-rules.ts';
import { ACCOUNTS, makeOrganization } from './organization.ts';

/**
 * Rules and requests from a seed. Rules of the largest policy are made first and the smaller policy is their
 * beginning, so that every size answers the same requests.
 */
export function makeWorkload(
  seed: number,
  counts: {
    readonly rules: number;
    readonly rulesMax: number;
    readonly requests: number;
    readonly accounts?: number;
  },
): Workload {
  const random = new SeededRandom(seed);
  const organization = makeOrganization(random, counts.accounts ?? ACCOUNTS);
  const { rules, groups, exemplars } = makeRules(random, organization, counts.rulesMax);
  const requests = makeRequests(random, organization, exemplars, counts.requests);
  return { rules: rules.slice(0, counts.rules), groups, requests };
}
