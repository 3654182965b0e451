import type { Observed } from '../facts/observed.ts';

/** How whoever still wants a request that nobody answered asks for it again; nothing of any other peering. */
export function askAgainNotes(observed: Observed): readonly string[] {
  if (observed.kind !== 'ended' || observed.peering.state !== 'expired') return [];
  const { requester, accepter } = observed.peering;
  const command = [
    'aws ec2 create-vpc-peering-connection',
    `--region ${requester.region} --vpc-id ${requester.vpcId}`,
    `--peer-owner-id ${accepter.accountId} --peer-region ${accepter.region} --peer-vpc-id ${accepter.vpcId}`,
  ].join(' ');
  return [
    `nobody answered it within seven days, and nobody can any more. To ask again, in account ${requester.accountId}: ` +
      `\`${command}\`. It is a new request: an approval of the old one does not count for it`,
  ];
}
