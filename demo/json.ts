import type { Scene, Part } from './scene.ts';
import type { SideState } from './side-state.ts';

/**
 * A scene as the objects of its JSON lines. Their `kind`s are stable:
 * - `start`: seed, policy, accounts, VPCs
 * - `part`: begins a part of the story: what a person does, and what ought to become of it
 * - `side`: one side of the peering, `when` is `before` or `after`, as EC2 describes it
 * - `call`, `event`, `read`, `decision`, `wait`, `notice`, `look`, `failure`: the entries of the timeline
 * - `check`: whether EC2 says what the story says
 * - `summary`: the numbers of the whole
 *
 * All but the first and the last have `part`; entries have `afterMs`, since the part's first call, and `at`.
 */
export function jsonLines(scene: Scene): readonly object[] {
  switch (scene.kind) {
    case 'opening': {
      const { kind: _kind, policyFile, policyText: _text, allow, deny, ...rest } = scene;
      return [{ kind: 'start', ...rest, policy: { file: policyFile, allow, deny } }];
    }
    case 'part':
      return partLines(scene);
    case 'closing':
      return [{ kind: 'summary', ...scene.summary }];
  }
}

function partLines({ number, plan, peeringId, startMs, timeline, before, after, check }: Part): object[] {
  const side = (when: 'before' | 'after', state: SideState): object => ({
    kind: 'side',
    part: number,
    when,
    ...state,
  });
  return [
    { kind: 'part', part: number, ...plan, peeringId, at: isoTime(startMs) },
    side('before', before.requester),
    side('before', before.accepter),
    ...timeline.map(({ kind, atMs, ...rest }) => ({
      kind,
      part: number,
      afterMs: atMs - startMs,
      at: isoTime(atMs),
      ...rest,
    })),
    side('after', after.requester),
    side('after', after.accepter),
    { kind: 'check', part: number, asTold: check.differences.length === 0, ...check },
  ];
}

const isoTime = (atMs: number): string => new Date(atMs).toISOString();
