import type { Draw } from './draw.ts';
import type { Plan } from './plan.ts';
import type { PolicyVariants } from './policy-variants.ts';
import type { Deed, Step } from './steps.ts';

const MINUTE_MS = 60_000;

type Landscape = Pick<Plan, 'accounts' | 'vpcs' | 'regions'>;

/** A deed of a story, so long after its beginning. */
interface Scene {
  readonly afterMs: number;
  readonly deed: Deed;
}

interface Told {
  readonly draw: Draw;
  readonly landscape: Landscape;
  readonly variants: PolicyVariants;
  readonly peerings: readonly number[];
}

type Story = (told: Told) => readonly Scene[];

const minutes = (draw: Draw, low: number, high: number): number =>
  draw.integer(low * MINUTE_MS, high * MINUTE_MS);

/** An account is moved and passes through another OU for some minutes; sometimes it stays there. */
const mover: Story = ({ draw, landscape: { accounts } }) => {
  const { id: accountId, ou } = draw.pick(accounts.slice(0, 3));
  const away = draw.pick(['ou-ab12-sandbox1', 'ou-ab12-dev00001', undefined]);
  const back = minutes(draw, 1, draw.chance(0.5) ? 9 : 90);
  const moves: Scene[] = [{ afterMs: 0, deed: { kind: 'move-account', accountId, ou: away } }];
  if (draw.chance(0.85)) moves.push({ afterMs: back, deed: { kind: 'move-account', accountId, ou } });
  // A sweep in between is what sees it.
  moves.push({ afterMs: Math.floor(back / 2), deed: { kind: 'sweep' } });
  return moves;
};

/** Closed by mistake, and opened again. */
const suspender: Story = ({ draw, landscape: { accounts } }) => {
  const { id: accountId } = draw.pick(accounts.slice(0, 4));
  const until = minutes(draw, 5, 150);
  return [
    { afterMs: 0, deed: { kind: 'suspend-account', accountId } },
    { afterMs: Math.floor(until / 2), deed: { kind: 'sweep' } },
    { afterMs: until, deed: { kind: 'reopen-account', accountId } },
  ];
};

/** Takes his member role away, before or after he asks, and sometimes gives it back. */
const deserter: Story = ({ draw, landscape: { accounts, vpcs } }) => {
  const { id: accountId } = draw.pick(accounts.slice(0, 3));
  const how = draw.pick(['deleted', 'stripped'] as const);
  const own = vpcs.find((vpc) => vpc.accountId === accountId);
  const [from, to] = [own?.name ?? 'v1', draw.pick(vpcs).name];
  const scenes: Scene[] = [{ afterMs: minutes(draw, 0, 5), deed: { kind: 'break-role', accountId, how } }];
  if (from !== to) {
    const ends = draw.chance(0.5) ? { from, to } : { from: to, to: from };
    scenes.push({ afterMs: 2 * MINUTE_MS, deed: { kind: 'request', ...ends } });
  }
  if (draw.chance(0.6)) {
    scenes.push({ afterMs: minutes(draw, 10, 150), deed: { kind: 'mend-role', accountId } });
  }
  return scenes;
};

/** Once he is connected he adds what others have: private, of containers, public. */
const greedyPeer: Story = ({ draw, landscape: { vpcs } }) => {
  const [vpc, other] = [draw.pick(vpcs.slice(0, 3)).name, draw.pick(vpcs.slice(0, 3)).name];
  const wide = draw.pick(['ten-to-tgw', 'all-to-tgw', 'shared-to-tgw', 'all-to-nat'] as const);
  const cidrs = ['10.150.0.0/16', '140.82.112.0/20', '100.64.0.0/16'];
  return [
    { afterMs: 0, deed: { kind: 'wide-route', vpc: other, table: draw.integer(0, 3), to: wide } },
    ...cidrs
      .filter(() => draw.chance(0.7))
      .map((cidr): Scene => ({ afterMs: minutes(draw, 1, 60), deed: { kind: 'add-cidr', vpc, cidr } })),
  ];
};

/** Two requests at the same moment from one VPC, to two that have the same addresses where there are such. */
const twins: Story = ({ draw, landscape: { vpcs } }) => {
  const twin = vpcs.find((vpc, index) => vpcs.slice(0, index).some(({ cidr }) => cidr === vpc.cidr));
  const other = vpcs.find(({ cidr }) => cidr === twin?.cidr);
  const hub = draw.pick(vpcs);
  if (twin === undefined || other === undefined || hub.cidr === twin.cidr) return [];
  const isReversed = draw.chance(0.3);
  return [twin.name, other.name].map((name) => ({
    afterMs: 0,
    deed: isReversed
      ? { kind: 'request', from: name, to: hub.name }
      : { kind: 'request', from: hub.name, to: name },
  }));
};

/** Trial rules are added, renamed and taken out again. */
const trials: Story = ({ draw, variants }) => {
  const deploys = [...variants.trials, variants.base].map((policy, nth): Scene => ({
    afterMs: nth * minutes(draw, 5, 30),
    deed: { kind: 'change-policy', policy },
  }));
  return [...deploys, { afterMs: 3 * MINUTE_MS, deed: { kind: 'sweep' } }];
};

/** A policy that says much less, for many peerings at once; sometimes it is taken back. */
const narrowing: Story = ({ draw, variants }) => {
  const afterMs = minutes(draw, 15, 120);
  const back: Scene[] = draw.chance(0.6)
    ? [{ afterMs, deed: { kind: 'change-policy', policy: variants.base } }]
    : [];
  return [
    { afterMs: 0, deed: { kind: 'change-policy', policy: draw.pick(variants.narrower) } },
    { afterMs: MINUTE_MS, deed: { kind: 'sweep' } },
    ...back,
    { afterMs: afterMs + MINUTE_MS, deed: { kind: 'sweep' } },
  ];
};

/** A person writes routes by hand, the policy cuts them, and then allows them again. */
const handWriter: Story = ({ draw, variants, peerings }) => {
  const peering = draw.pickIfAny(peerings) ?? 0;
  const byHand = (['requester', 'accepter'] as const).map((side): Scene => ({
    afterMs: 0,
    deed: {
      kind: 'route-by-hand',
      peering,
      side,
      table: draw.integer(0, 3),
      part: draw.pick(['half', 'subnet']),
    },
  }));
  const policy = variants.cutting;
  return [
    ...byHand,
    { afterMs: MINUTE_MS, deed: { kind: 'change-policy', policy } },
    { afterMs: 2 * MINUTE_MS, deed: { kind: 'sweep' } },
    { afterMs: minutes(draw, 5, 40), deed: { kind: 'change-policy', policy: variants.base } },
    { afterMs: 41 * MINUTE_MS, deed: { kind: 'sweep' } },
  ];
};

/** Somebody accepts by hand what waits for an approval, or for anything else. */
const handAccepter: Story = ({ draw, peerings }) =>
  peerings
    .filter(() => draw.chance(0.5))
    .map((peering): Scene => ({ afterMs: minutes(draw, 0, 10), deed: { kind: 'accept', peering } }));

const STORIES: readonly (readonly [number, Story])[] = [
  [0.12, mover],
  [0.1, suspender],
  [0.12, deserter],
  [0.12, greedyPeer],
  [0.15, twins],
  [0.12, trials],
  [0.15, narrowing],
  [0.12, handWriter],
  [0.1, handAccepter],
];

/** Deeds that belong together, each story in some of the runs. Any of their steps may be left out. */
export function drawStories(
  draw: Draw,
  told: Omit<Told, 'draw'>,
  stormMs: number,
  firstId: number,
): readonly Step[] {
  const scenes = STORIES.flatMap(([probability, story]) => {
    if (!draw.chance(probability)) return [];
    const beginsMs = draw.integer(Math.floor(stormMs / 6), Math.floor((stormMs * 2) / 3));
    return story({ ...told, draw }).map(({ afterMs, deed }) => ({ atMs: beginsMs + afterMs, deed }));
  });
  return scenes
    .filter(({ atMs }) => atMs < stormMs)
    .map(({ atMs, deed }, nth): Step => ({ id: firstId + nth, atMs, ...deed }));
}
