import type { Draw } from './draw.ts';
import { TIERS } from './landscape.ts';

/** Of so many runs the policies leave somebody out. */
const RUNS_WITH_EXCEPTS = 0.25;

interface PolicyFile {
  readonly groups: Readonly<Record<string, object>>;
}

/**
 * The same policies, in some runs with `except` in some groups. With chance of its own: all else of a run stays as it would
 * be without.
 */
export function withExcepts(draw: Draw, policies: readonly string[]): readonly string[] {
  if (!draw.chance(RUNS_WITH_EXCEPTS)) return policies;
  return policies.map((text) => {
    // The simulation drew it.
    const file: PolicyFile = JSON.parse(text);
    const groups = Object.entries(file.groups).map(([name, group]) => {
      const isExcepting = name !== 'sandbox' && name !== 'vendor' && draw.chance(0.5);
      return [name, isExcepting ? { ...group, except: drawExcept(draw, name) } : group] as const;
    });
    return JSON.stringify({ ...file, groups: Object.fromEntries(groups) });
  });
}

function drawExcept(draw: Draw, name: string): unknown {
  switch (draw.weighted({ tags: 4, ous: 3, cidrs: 3, group: 1, several: 1 })) {
    case 'tags':
      return { tags: { tier: draw.pick(TIERS) } };
    case 'ous':
      return { ous: ['ou-ab12-payments'] };
    case 'cidrs':
      // What VPCs get later, and a part of what one has from the start.
      return { cidrs: [draw.pick(['10.101.0.0/16', '10.102.0.0/16', '10.96.0.0/11', '10.3.128.0/17'])] };
    case 'group':
      return draw.pick(['sandbox', 'vendor', name === 'tagged' ? 'sandbox' : 'tagged']);
    case 'several':
      return ['sandbox', { tags: { tier: draw.pick(TIERS) }, regions: ['us-east-1'] }];
  }
}
