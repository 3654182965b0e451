import { EVENT_SOURCE } from '../../../shared/domain/words/notice.ts';
import type { Deed, Step } from '../plan/steps.ts';
import type { Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;
type Attack = About<'forge-event' | 'forge-notice' | 'replay-event'>;

/**
 * What somebody in a member account, or outside, can put before autopeer. EventBridge would not take most of it from
 * him; here it does, because nothing may rest on that.
 */
export async function attack(step: Attack, stage: Stage): Promise<boolean> {
  const { world, peerings } = stage;
  const { trail, events, random } = world.aws;
  if (step.kind === 'replay-event') {
    const delivery = trail.delivered[step.nth];
    if (delivery === undefined) return false;
    trail.redeliver(delivery.event);
    return true;
  }
  const peering = peerings.get(step.peering);
  if (peering === undefined) return false;
  if (step.kind === 'forge-notice') {
    const detail = forgedNotice(peering.id);
    const envelope = { source: EVENT_SOURCE, account: step.accountId, region: 'eu-west-1', detail };
    events.receive(
      world.hub.arn('HubBus'),
      events.envelope({ 'detail-type': 'Peering Connected', ...envelope }),
      true,
    );
    return true;
  }
  const { accountId, region } = step.asVictim ? peering.accepter : step;
  const event = events.envelope({
    source: 'aws.ec2',
    'detail-type': 'AWS API Call via CloudTrail',
    account: accountId,
    region,
    detail: {
      eventVersion: '1.10',
      eventSource: 'ec2.amazonaws.com',
      eventName: step.eventName,
      awsRegion: region,
      eventID: random.uuid(),
      recipientAccountId: accountId,
      requestParameters: { vpcPeeringConnectionId: peering.id },
      responseElements: forgedAnswer(peering.id),
    },
  });
  trail.redeliver(event);
  return true;
}

/** Says that everything is settled, whatever is true. */
const forgedAnswer = (peeringId: string): object => ({
  vpcPeeringConnection: {
    vpcPeeringConnectionId: peeringId,
    status: { code: 'pending-acceptance' },
    requesterVpcInfo: { ownerId: '100000000001', vpcId: 'vpc-00000001', cidrBlock: '10.1.0.0/16' },
    accepterVpcInfo: { ownerId: '100000000002', vpcId: 'vpc-00000002', cidrBlock: '10.2.0.0/16' },
  },
});

const forgedNotice = (peeringId: string): object => ({
  version: 1,
  peeringId,
  state: 'active',
  reason: { code: 'rule-allows', text: 'forged' },
  changes: [],
  problems: [],
});
