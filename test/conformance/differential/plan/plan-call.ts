import type { Step, StepKind } from '../steps.ts';
import type { PlannedCall, SequenceWorld } from '../world.ts';
import { DESCRIBE_PLANNERS } from './describes.ts';
import { PEERING_PLANNERS } from './peerings.ts';
import type { Planner } from './planner.ts';
import { ROUTE_PLANNERS } from './routes.ts';
import { TAG_AND_GROUP_PLANNERS } from './tags-and-groups.ts';
import { VPC_PLANNERS } from './vpcs.ts';

const PLANNERS: Readonly<Record<StepKind, Planner>> = {
  ...VPC_PLANNERS,
  ...ROUTE_PLANNERS,
  ...PEERING_PLANNERS,
  ...TAG_AND_GROUP_PLANNERS,
  ...DESCRIBE_PLANNERS,
};

/** The call that a step comes to in this world; where something lacks, the call that makes it. */
export function planCall(step: Step, world: SequenceWorld): PlannedCall {
  const planned = PLANNERS[step.kind](step, world);
  return 'instead' in planned ? planCall(planned.instead, world) : planned;
}
