import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** VPCs of one region that are all peered with each other. */
export interface Mesh {
  readonly vpcIds: readonly VpcId[];
  readonly region: string;
  readonly peerings: number;
}

/** Fewer are no mesh that anybody would replace: three VPCs have three peerings. */
const MESH_MIN = 4;

/**
 * Full meshes, the largest first, each VPC in one at most. Which meshes are the largest is a hard question: this takes from the
 * best-peered VPC on what goes with all that was taken, so that a mesh may be found without a VPC or two.
 */
export function meshesOf({ peerings }: Snapshot): readonly Mesh[] {
  const neighbours = new Map<VpcId, Set<VpcId>>();
  const regions = new Map<VpcId, string>();
  for (const { state, requester, accepter } of peerings) {
    if (state !== 'active' || requester.region !== accepter.region) continue;
    for (const { vpcId, region } of [requester, accepter]) {
      if (!neighbours.has(vpcId)) neighbours.set(vpcId, new Set());
      regions.set(vpcId, region);
    }
    neighbours.get(requester.vpcId)?.add(accepter.vpcId);
    neighbours.get(accepter.vpcId)?.add(requester.vpcId);
  }
  const degree = (id: VpcId): number => neighbours.get(id)?.size ?? 0;
  const byDegree = (one: VpcId, other: VpcId): number => degree(other) - degree(one);
  const used = new Set<VpcId>();
  const meshes: Mesh[] = [];
  for (const start of [...neighbours.keys()].toSorted(byDegree)) {
    if (used.has(start)) continue;
    const candidates = [...(neighbours.get(start) ?? [])].filter((id) => !used.has(id));
    const shared = new Map(
      candidates.map((id) => [id, candidates.filter((other) => neighbours.get(id)?.has(other)).length]),
    );
    const mesh = [start];
    for (const id of candidates.toSorted((one, other) => (shared.get(other) ?? 0) - (shared.get(one) ?? 0))) {
      if (mesh.every((member) => neighbours.get(id)?.has(member))) mesh.push(id);
    }
    if (mesh.length < MESH_MIN) continue;
    for (const id of mesh) used.add(id);
    meshes.push({
      vpcIds: mesh,
      region: regions.get(start) ?? '',
      peerings: (mesh.length * (mesh.length - 1)) / 2,
    });
  }
  return meshes.toSorted((one, other) => other.vpcIds.length - one.vpcIds.length);
}
