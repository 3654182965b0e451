import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Candidate } from './candidates.ts';
import type { Judge } from './judge.ts';

/** The peering that a call names. */
export function subject(judge: Judge, input: object): PeeringRecord | undefined {
  const id: unknown = Reflect.get(input, 'VpcPeeringConnectionId');
  return typeof id === 'string' ? judge.peering(id) : undefined;
}

/** Writes down what the call would change, and how it would be told. */
export function own(judge: Judge, call: Call, input: object, peeringId: string, sentence: string): void {
  judge.intended = { atMs: judge.now, call, input, peeringId, sentence };
}

export const placeText = ({ caller, region }: Call): string => `${caller.accountId} ${region}`;

/** What the policy said, for people. */
export const said = (candidates: readonly Candidate[]): string =>
  [
    ...new Set(
      candidates.map(({ decision }) => `${decision.kind} (${decision.code} ${decision.rule ?? ''})`),
    ),
  ].join(' or ');
