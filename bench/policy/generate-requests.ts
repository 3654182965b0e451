import type { PolicyRequest, PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { SeededRandom } from '../../sim/random.ts';
import type { Exemplar } from './generate-rules.ts';
import { must, type Organization, pick, type Top, TOPS, type Vpc } from './organization.ts';

/**
 * Requests as an organization makes them: many that the broad rules settle, as many that somebody wrote a narrow rule
 * for (or for a neighbour), and some that nobody has thought of. The same for policies of every size.
 *
 * @param exemplars of the largest policy
 */
export function makeRequests(
  random: SeededRandom,
  organization: Organization,
  exemplars: readonly Exemplar[],
  count: number,
): readonly PolicyRequest[] {
  const { vpcs, vendors } = organization;
  return Array.from({ length: count }, () => {
    const chance = random.next();
    if (chance < 0.2) return request(fromTop(random, organization), fromTop(random, organization, 'shared'));
    if (chance < 0.35) return request(fromTop(random, organization), fromTop(random, organization));
    if (chance < 0.45) return request(pick(random, vpcs), pick(random, vpcs));
    if (chance < 0.48) return request(pick(random, vendors), pick(random, vpcs));
    return written(random, organization, exemplars);
  });
}

function fromTop(random: SeededRandom, { byTop }: Organization, top: Top = pick(random, TOPS)): Vpc {
  return pick(random, must(byTop.get(top)));
}

/** Every second one is about rules that are there in the smaller policies too. */
function written(
  random: SeededRandom,
  organization: Organization,
  exemplars: readonly Exemplar[],
): PolicyRequest {
  const chance = random.next();
  const known = chance < 0.25 ? 80 : chance < 0.5 ? 900 : exemplars.length;
  const { requester, accepter } = pick(random, exemplars.slice(0, known));
  const there = [nearby(random, organization, requester), nearby(random, organization, accepter)] as const;
  return random.next() < 0.2 ? request(there[1], there[0]) : request(...there);
}

function nearby(random: SeededRandom, { byLeaf }: Organization, vpc: Vpc): Vpc {
  const leaf = vpc.units[2];
  if (leaf === undefined || random.next() < 0.6) return vpc;
  return pick(random, byLeaf.get(leaf.ou) ?? [vpc]);
}

const request = (requester: Vpc, accepter: Vpc): PolicyRequest => ({
  requester: sideOf(requester),
  accepter: sideOf(accepter),
});

/** A copy of its own for each request, as reading AWS gives. */
const sideOf = ({ accountId, region, vpcId, membership, cidrs, tags }: Vpc): PolicySide =>
  structuredClone({ accountId, region, vpcId, membership, cidrs, tags });
