import type { Deed, Step } from '../plan/steps.ts';
import { forgedWord } from './words.ts';
import { given } from '../invariants/read.ts';
import type { LiveVpc, Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;

export async function requestPeering(
  step: About<'request'>,
  { world, vpcs, peerings }: Stage,
): Promise<boolean> {
  const [requester, accepter] = [vpcs.get(step.from), vpcs.get(step.to)];
  if (requester === undefined || accepter === undefined) return false;
  const answer = await world.aws.act(requester.accountId, requester.region, 'CreateVpcPeeringConnection', {
    VpcId: requester.vpcId,
    PeerVpcId: accepter.vpcId,
    PeerOwnerId: accepter.accountId,
    PeerRegion: accepter.region,
  });
  const id = given(answer, 'VpcPeeringConnection', 'VpcPeeringConnectionId');
  peerings.set(step.id, { id, requester, accepter });
  return true;
}

type Answer = About<
  | 'accept'
  | 'reject'
  | 'delete-peering'
  | 'forget-peering'
  | 'spoof-status'
  | 'forge-status'
  | 'dns-option-off'
  | 'dns-option-on'
>;

/** When a deleting peering is deleted, and before most events of it come. */
const FORGETTING_MS = 4_000;

const isEnded = (state: string | undefined): boolean =>
  state !== undefined && ['deleted', 'rejected', 'failed', 'expired'].includes(state);

export async function answerPeering(step: Answer, { world, peerings, judge }: Stage): Promise<boolean> {
  const { ec2, clock } = world.aws;
  const forget = (peeringId: string): boolean => {
    if (!isEnded(ec2.stateOf(peeringId, clock.now()))) return false;
    ec2.forgetPeering(peeringId);
    judge?.forgotten.set(peeringId, clock.now());
    return true;
  };
  const peering = peerings.get(step.peering);
  if (peering === undefined) return false;
  const { id } = peering;
  const as = async ({ accountId, region }: LiveVpc, action: string, input: object): Promise<boolean> => {
    await world.aws.act(accountId, region, action, input);
    return true;
  };
  switch (step.kind) {
    case 'accept':
      return as(peering.accepter, 'AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id });
    case 'reject':
      return as(peering.accepter, 'RejectVpcPeeringConnection', { VpcPeeringConnectionId: id });
    case 'delete-peering': {
      await as(peering[step.by], 'DeleteVpcPeeringConnection', { VpcPeeringConnectionId: id });
      if (step.isForgotten) {
        clock.schedule(FORGETTING_MS, () => {
          forget(id);
        });
      }
      return true;
    }
    case 'forget-peering':
      return forget(id);
    case 'spoof-status':
      return as(peering[step.side], 'CreateTags', {
        Resources: [id],
        Tags: [{ Key: 'autopeer:status', Value: step.status }],
      });
    case 'forge-status':
      return as(peering[step.side], 'CreateTags', {
        Resources: [id],
        Tags: ['autopeer:rule', 'autopeer:reason', 'Name'].map((Key) => ({
          Key,
          Value: forgedWord(step.word),
        })),
      });
    case 'dns-option-off':
    case 'dns-option-on': {
      const flag = { AllowDnsResolutionFromRemoteVpc: step.kind === 'dns-option-on' };
      const options =
        step.side === 'requester'
          ? { RequesterPeeringConnectionOptions: flag }
          : { AccepterPeeringConnectionOptions: flag };
      return as(peering[step.side], 'ModifyVpcPeeringConnectionOptions', {
        VpcPeeringConnectionId: id,
        ...options,
      });
    }
  }
}
