import type { Plan } from '../plan/plan.ts';
import { ACCOUNTS, deploy, policy, request, scene } from './scene.ts';

const TWO = [
  [0, request('a1', 'b1')],
  [5, request('a1', 'b2')],
] as const;
const NOTHING = policy({ allow: [] });

export const OBSTACLE_SCENES: readonly (readonly [string, Plan])[] = [
  [
    'everything goes to a firewall',
    scene(
      [policy()],
      [
        [0, { kind: 'wide-route', vpc: 'a1', table: 1, to: 'all-to-tgw' }],
        [2, request('a1', 'b1')],
      ],
    ),
  ],
  ['public space that no rule names', scene([policy()], [[0, request('a1', 'public')]])],
  [
    'two VPCs that are peered already, though nothing is routed',
    scene(
      [NOTHING, policy({}, { connect: { routes: { newCidrs: 'hold' } } })],
      [
        [0, request('a1', 'b1')],
        [2, { kind: 'accept', peering: 0 }],
        [4, deploy(1)],
        [6, request('b1', 'a1')],
      ],
    ),
  ],
  [
    'the rule chooses no table',
    scene(
      [policy({}, { connect: { routes: { tables: { tagged: { peered: 'yes' } } } } })],
      [[0, request('a1', 'b1')]],
    ),
  ],
  [
    'a narrower route leads elsewhere',
    scene(
      [policy()],
      [
        [0, { kind: 'foreign-route', vpc: 'a1', table: 1, towards: 'b1', part: 'half' }],
        [2, request('a1', 'b1')],
      ],
    ),
  ],
  [
    'a VPC has as many peerings as the rule lets it',
    scene([policy({}, { rule: { limits: { peeringsPerVpc: 1 } } })], TWO),
  ],
  [
    'a table has as many routes as the rule lets it',
    scene([policy({}, { rule: { limits: { routesPerTable: 1 } } })], TWO),
  ],
  [
    'trial rules that would stop everything',
    scene([policy({ deny: [{ name: 'a-trial', between: ['prod', 'prod'], dryRun: true }] })], TWO, {
      isSteady: true,
    }),
  ],
  ['a dry run', scene([policy({ dryRun: true })], TWO)],
  [
    'a propagated route gives way',
    scene(
      [policy()],
      [
        [0, { kind: 'propagate', vpc: 'a1', table: 1, towards: 'b1', part: 'whole' }],
        [2, request('a1', 'b1')],
      ],
    ),
  ],
  [
    'a prefix list leads elsewhere',
    scene(
      [policy()],
      [
        [0, { kind: 'list-route', vpc: 'a1', table: 1, towards: ['b1'], part: 'whole' }],
        [2, request('a1', 'b1')],
      ],
    ),
  ],
  [
    'a prefix list leads to a peering that ends',
    scene(
      [policy()],
      [
        [0, request('a1', 'b1')],
        [5, { kind: 'list-route', vpc: 'a1', table: 1, towards: ['b1'], part: 'half', peering: 0 }],
        [10, { kind: 'delete-peering', peering: 0, by: 'requester', isForgotten: false }],
      ],
    ),
  ],
  [
    'a deny, and a requester who has taken his role away',
    scene(
      [policy({ deny: [{ name: 'no-prod', between: ['prod', 'prod'] }] })],
      [
        [0, { kind: 'break-role', accountId: ACCOUNTS.a, how: 'stripped' }],
        [2, request('a1', 'b1')],
      ],
    ),
  ],
  ['a requester in a region that nobody governs', scene([policy()], [[0, request('far', 'b1')]])],
  [
    'two requests for the same addresses in one moment',
    scene(
      [policy()],
      [
        [0, request('b2', 'b1')],
        [0.001, request('b2', 'twin')],
      ],
      { isSteady: true },
    ),
  ],
  [
    'a request for addresses that another one is about to get',
    scene(
      [policy()],
      [
        [0, request('b2', 'b1')],
        [0.05, request('b2', 'twin')],
      ],
      { isSteady: true },
    ),
  ],
  [
    'a forged tag in a reason',
    scene(
      [
        policy(
          { allow: [{ name: 'shared', requester: 'prod', accepter: 'tagged' }] },
          { groups: { tagged: { ous: ['ou-ab12-prod0001'], tags: { tier: 'shared' } } } },
        ),
      ],
      [
        [0, { kind: 'forge-tag', vpc: 'b1', key: 'tier', word: 0 }],
        [0, { kind: 'forge-tag', vpc: 'b2', key: 'tier', word: 2 }],
        [2, request('a1', 'b1')],
        [2, request('a1', 'b2')],
      ],
    ),
  ],
];
