import type { Plan } from '../plan/plan.ts';
import { ACCOUNTS, byHand, deploy, move, policy, PROD, request, SANDBOX, scene, SWEEP } from './scene.ts';

const QUARANTINE = { unsanctioned: 'quarantine' };
const cutting = policy({ allow: [], guardrails: QUARANTINE });
const braked = policy({ guardrails: { atMost: 1 } });
const THREE = [
  [0, request('a1', 'b1')],
  [1, request('a1', 'b2')],
  [2, request('a1', 'b3')],
] as const;

export const GUARDRAIL_SCENES: readonly (readonly [string, Plan])[] = [
  [
    'accepted by hand, and a rule waits for an approval',
    scene(
      [policy({ guardrails: QUARANTINE }, { rule: { approval: 'required' } })],
      [
        [0, request('a1', 'b1')],
        [2, { kind: 'accept', peering: 0 }],
        [4, byHand(0)],
        [6, SWEEP],
        [20, SWEEP],
      ],
    ),
  ],
  [
    'what no rule matches is cut, though such requests are ignored',
    scene(
      [policy({ allow: [], defaults: { unmatched: 'ignore' }, guardrails: QUARANTINE })],
      [
        [0, request('a1', 'b1')],
        [2, { kind: 'accept', peering: 0 }],
        [4, byHand(0)],
        [6, SWEEP],
      ],
    ),
  ],
  [
    'an account passes through another OU twice',
    scene(
      [policy({ guardrails: QUARANTINE })],
      [
        [0, request('a1', 'b1')],
        [20, move(ACCOUNTS.b, SANDBOX)],
        [21, SWEEP],
        [24, move(ACCOUNTS.b, PROD)],
        [40, move(ACCOUNTS.b, SANDBOX)],
        [47, SWEEP],
        [52, move(ACCOUNTS.b, PROD)],
      ],
    ),
  ],
  [
    'an account is back right before the second look',
    scene(
      [policy({ guardrails: QUARANTINE })],
      [
        [0, request('a1', 'b1')],
        [20, move(ACCOUNTS.b, SANDBOX)],
        [21, SWEEP],
        [29, SWEEP],
        [31, move(ACCOUNTS.b, PROD)],
      ],
    ),
  ],
  [
    'a policy that allows nothing, and a brake',
    scene(
      [braked, policy({ allow: [], guardrails: { ...QUARANTINE, atMost: 1 } })],
      [...THREE, [20, deploy(1)], [21, SWEEP]],
    ),
  ],
  [
    'a first look grows old behind the brake',
    scene(
      [braked, policy({ allow: [], guardrails: { ...QUARANTINE, atMost: 1 } })],
      [...THREE, [20, deploy(1)], [21, SWEEP], [1480, SWEEP]],
    ),
  ],
  [
    'a policy that leaves all addresses out, and a brake',
    scene(
      [braked, policy({ guardrails: { atMost: 1 } }, { connect: { routes: { exclude: ['10.0.0.0/8'] } } })],
      [...THREE, [20, deploy(1)], [21, SWEEP]],
    ),
  ],
  [
    'what was cut comes back, and stays whose it was',
    scene(
      [policy(), cutting],
      [
        [0, request('a1', 'b1')],
        [3, byHand(0)],
        [5, deploy(1)],
        [6, SWEEP],
        [30, deploy(0)],
        [31, SWEEP],
        [45, SWEEP],
      ],
    ),
  ],
  [
    'what nobody judged does not come back',
    scene(
      [policy({}, { connect: { routes: { newCidrs: 'hold' } } }), cutting],
      [
        [0, request('a1', 'b1')],
        [3, { kind: 'add-cidr', vpc: 'b1', cidr: '10.150.0.0/16' }],
        [5, byHand(0, '10.150.0.0/16')],
        [7, deploy(1)],
        [8, SWEEP],
        [30, deploy(0)],
        [31, SWEEP],
      ],
    ),
  ],
  [
    'a suspended account is no stranger',
    scene(
      [policy({ guardrails: QUARANTINE })],
      [
        [0, request('a1', 'b1')],
        [10, { kind: 'suspend-account', accountId: ACCOUNTS.b }],
        [16, SWEEP],
        [40, SWEEP],
      ],
    ),
  ],
  [
    'a suspended account’s request expires',
    scene(
      [policy({ allow: [] })],
      [
        [0, request('a1', 'b1')],
        [10, { kind: 'suspend-account', accountId: ACCOUNTS.b }],
        [16, SWEEP],
      ],
      { lingers: true },
    ),
  ],
];
