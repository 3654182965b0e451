import type { Plan } from '../plan/plan.ts';
import { policy, request, scene, SWEEP } from './scene.ts';

const HOLD = { routes: { newCidrs: 'hold' } };
const QUARANTINE = { guardrails: { unsanctioned: 'quarantine' } };
const add = (vpc: string, cidr: string) => ({ kind: 'add-cidr', vpc, cidr }) as const;
const wide = (vpc: string, to: 'ten-to-tgw' | 'all-to-tgw') =>
  ({ kind: 'wide-route', vpc, table: 1, to }) as const;

export const CONSENT_SCENES: readonly (readonly [string, Plan])[] = [
  [
    'what was judged comes back, and what came later waits for a person',
    scene(
      [policy({}, { connect: HOLD })],
      [
        [0, request('a1', 'b1')],
        [5, add('b1', '10.150.0.0/16')],
        [10, { kind: 'undo-routes', vpc: 'a1' }],
      ],
    ),
  ],
  [
    'a greedy peer adds what on-premises has, and public space',
    scene(
      [policy()],
      [
        [0, request('a1', 'b1')],
        [5, wide('a1', 'ten-to-tgw')],
        [10, add('b1', '10.150.0.0/16')],
        [15, add('b1', '140.82.112.0/20')],
      ],
    ),
  ],
  [
    'a CIDR outside of the rule costs the others nothing',
    scene(
      [
        policy(
          { ...QUARANTINE, allow: [{ name: 'narrow', requester: 'prod', accepter: 'small' }] },
          { groups: { small: { cidrs: ['10.0.0.0/14'] } } },
        ),
      ],
      [
        [0, request('a1', 'b1')],
        [5, add('b1', '100.64.0.0/16')],
        [7, SWEEP],
        [20, SWEEP],
      ],
    ),
  ],
  [
    'a route that was undone is not written anew over what leads elsewhere by now',
    scene(
      [policy()],
      [
        [0, request('a1', 'b1')],
        [5, wide('a1', 'ten-to-tgw')],
        [10, { kind: 'undo-routes', vpc: 'a1' }],
      ],
    ),
  ],
];
