import type { Plan } from './plan/plan.ts';

/** How often a plan is run at most while it is shrunk. */
const MAX_RUNS = 400;

type Part = 'steps' | 'faults' | 'lasting' | 'vpcs' | 'accounts' | 'vendors';
const PARTS: readonly Part[] = ['steps', 'faults', 'lasting', 'vpcs', 'accounts', 'vendors'];

/**
 * Leaves out of a plan whatever is not needed for what went wrong: first halves, then quarters, down to single steps,
 * faults, VPCs and accounts.
 *
 * @param isStillWrong runs a plan and says whether the same invariant is broken
 */
export async function shrink(plan: Plan, isStillWrong: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  let runs = 0;
  const tryOut = async (candidate: Plan): Promise<boolean> => {
    if (runs >= MAX_RUNS) return false;
    runs++;
    if (!(await isStillWrong(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const part of PARTS) hasChanged = (await shrinkPart(part, () => smallest, tryOut)) || hasChanged;
  }
  return smallest;
}

async function shrinkPart(
  part: Part,
  current: () => Plan,
  tryOut: (candidate: Plan) => Promise<boolean>,
): Promise<boolean> {
  let hasChanged = false;
  for (
    let size = Math.ceil(partOf(current(), part).length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < partOf(current(), part).length;) {
      const isShorter = await tryOut(without(current(), part, at, size));
      hasChanged ||= isShorter;
      if (!isShorter) at += size;
    }
  }
  return hasChanged;
}

const without = (plan: Plan, part: Part, at: number, size: number): Plan => ({
  ...plan,
  [part]: partOf(plan, part).toSpliced(at, size),
});

const partOf = (plan: Plan, part: Part): readonly unknown[] => plan[part] ?? [];
