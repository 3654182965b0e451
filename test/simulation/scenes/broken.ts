import type { Lasting, LastingTrouble } from '../plan/lasting.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedFault, Trouble } from '../plan/faults.ts';
import { ACCOUNTS, deploy, policy, request, scene, SWEEP, type Scripted } from './scene.ts';

const MINUTE_MS = 60_000;
/** All that is broken is broken there. */
const THERE = { accountId: ACCOUNTS.b, region: 'eu-west-1' } as const;

/** Account b has something that is broken; a and c, and whatever joins them, have nothing to do with it. */
const all = (over: object = {}): object =>
  policy({
    allow: [
      {
        name: 'all',
        between: [
          ['prod', 'sandbox'],
          ['prod', 'sandbox'],
        ],
      },
    ],
    ...over,
  });

const forEver = (...what: readonly Lasting[]): Partial<Plan> => ({
  lasting: what.map((each, id): LastingTrouble => ({ id, fromMs: 0, ...each })),
});

const during = (minutes: number, trouble: Trouble): Partial<Plan> => {
  const fault: PlannedFault = { id: 0, fromMs: 0, untilMs: minutes * MINUTE_MS, rate: 1, ...trouble };
  return { faults: [fault] };
};

const BOTH: readonly Scripted[] = [
  [1, request('a1', 'b1')],
  [1, request('a1', 'c1')],
  [20, SWEEP],
];

const denied = (action: string): Partial<Plan> => forEver({ kind: 'action-denied', ...THERE, action });

/** What stays broken, or never answers for a while, and everything beside it. */
export const BROKEN_SCENES: readonly (readonly [string, Plan])[] = [
  [
    'a region that is denied in one account',
    scene([all()], BOTH, forEver({ kind: 'place-denied', ...THERE })),
  ],
  [
    'a region that is turned off in one account',
    scene([all()], BOTH, forEver({ kind: 'region-off', ...THERE, code: 'OptInRequired' })),
  ],
  [
    'a region that is denied after all is connected, and a peering that ends',
    scene(
      [all()],
      [...BOTH, [30, { kind: 'delete-peering', peering: 0, by: 'requester', isForgotten: false }]],
      {
        lasting: [{ id: 0, fromMs: 10 * MINUTE_MS, kind: 'place-denied', ...THERE }],
      },
    ),
  ],
  [
    'a region that is denied after all is connected, and a route that somebody takes away',
    scene([all()], [...BOTH, [30, { kind: 'undo-routes', vpc: 'a1' }]], {
      lasting: [{ id: 0, fromMs: 10 * MINUTE_MS, kind: 'place-denied', ...THERE }],
    }),
  ],
  [
    'accepts are denied',
    scene(
      [all()],
      [
        [1, request('a1', 'b1')],
        [1, request('c1', 'b1')],
        [1, request('b1', 'a1')],
        [20, SWEEP],
      ],
      denied('AcceptVpcPeeringConnection'),
    ),
  ],
  [
    'a table is full by EC2’s own quota',
    scene(
      [all()],
      [
        [0, { kind: 'wide-route', vpc: 'b1', table: 1, to: 'shared-to-tgw' }],
        [0, { kind: 'routes-quota', ...THERE, routesPerTable: 1 }],
        ...BOTH,
      ],
      forEver({ kind: 'odd-account' }),
    ),
  ],
  ['routes are denied', scene([all()], BOTH, denied('CreateRoute'))],
  ['DNS options are denied', scene([all()], BOTH, denied('ModifyVpcPeeringConnectionOptions'))],
  ['tags are denied', scene([all()], BOTH, denied('CreateTags'))],
  ['the reading of VPCs is denied', scene([all()], BOTH, denied('DescribeVpcs'))],
  ['the reading of peerings is denied', scene([all()], BOTH, denied('DescribeVpcPeeringConnections'))],
  [
    'the reading of prefix lists is denied',
    scene(
      [all()],
      [[0, { kind: 'list-route', vpc: 'b1', table: 1, towards: ['c1'], part: 'whole' }], ...BOTH],
      denied('GetManagedPrefixListEntries'),
    ),
  ],
  [
    'removals are denied, and a peering ends',
    scene(
      [all()],
      [...BOTH, [30, { kind: 'delete-peering', peering: 0, by: 'requester', isForgotten: false }]],
      denied('DeleteRoute'),
    ),
  ],
  [
    'deletes are denied, and a guardrail wants them',
    scene(
      [all(), all({ allow: [], guardrails: { unsanctioned: 'delete' } })],
      [...BOTH, [30, deploy(1)], [31, SWEEP], [45, SWEEP]],
      { ...denied('DeleteVpcPeeringConnection'), mayDeletePeerings: true },
    ),
  ],
  [
    'one odd item in each list',
    scene(
      [all()],
      BOTH,
      forEver({ kind: 'odd-peering', ...THERE }, { kind: 'odd-route', ...THERE }, { kind: 'odd-account' }),
    ),
  ],
  [
    'a place that hangs, and its neighbours',
    scene(
      [all()],
      [...BOTH, [25, request('a1', 'b2')], [25, request('c1', 'b3')]],
      during(60, { kind: 'hang', service: 'ec2', ...THERE, action: undefined }),
    ),
  ],
  [
    'a request whose event was lost, to an account that nobody can ask',
    scene(
      [all()],
      [
        [0, { kind: 'break-role', accountId: ACCOUNTS.b, how: 'deleted' }],
        [1, request('a1', 'b1')],
        [20, SWEEP],
      ],
      during(15, { kind: 'events-lost' }),
    ),
  ],
];
