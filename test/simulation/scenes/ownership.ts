import type { Plan } from '../plan/plan.ts';
import { deploy, policy, request, scene, SWEEP } from './scene.ts';

const reporting = policy({ allow: [] });
const without = policy({}, { connect: { routes: { exclude: ['10.2.0.0/16'] } } });

export const OWNERSHIP_SCENES: readonly (readonly [string, Plan])[] = [
  [
    'somebody writes anew what was autopeer’s',
    scene(
      [policy(), reporting, without],
      [
        [0, request('a1', 'b1')],
        [10, deploy(1)],
        [11, SWEEP],
        [12, { kind: 'undo-routes', vpc: 'a1' }],
        [13, { kind: 'spoof-status', peering: 0, side: 'requester', status: 'held' }],
        [14, SWEEP],
        [20, { kind: 'route-by-hand', peering: 0, side: 'requester', table: 1, part: 'whole' }],
        [25, deploy(2)],
        [26, SWEEP],
      ],
    ),
  ],
  [
    'somebody turns DNS on against the rule',
    scene(
      [policy({}, { connect: { dns: false } })],
      [
        [0, request('a1', 'b1')],
        [5, { kind: 'dns-option-on', peering: 0, side: 'requester' }],
        [10, SWEEP],
      ],
    ),
  ],
  [
    'DNS of autopeer’s is turned off when the rule no longer wants it',
    scene(
      [policy(), policy({}, { connect: { dns: false } })],
      [
        [0, request('a1', 'b1')],
        [5, deploy(1)],
        [6, SWEEP],
      ],
    ),
  ],
];
