import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type AdvancedEventSelector,
  type EventSelector,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import type { TrailFacts } from '../../analysis/doctor/facts.ts';
import { call } from '../../shared/aws/calls.ts';
import { using, type Config } from './clients.ts';

/** The trails that log what happens in an account and region, those of other regions and of the organization too. */
export const readTrails = (config: Config): Promise<readonly TrailFacts[]> =>
  using(new CloudTrailClient(config), async (client) => {
    const { trailList = [] } = await call('DescribeTrails', 'the account', () =>
      client.send(new DescribeTrailsCommand({ includeShadowTrails: true })),
    );
    return Promise.all(trailList.map((trail) => readTrail(client, trail)));
  });

/** A shadow of a trail is called by its ARN only. */
async function readTrail(client: CloudTrailClient, { Name = '', TrailARN = '' }: Trail): Promise<TrailFacts> {
  const { IsLogging } = await call('GetTrailStatus', TrailARN, () =>
    client.send(new GetTrailStatusCommand({ Name: TrailARN })),
  );
  const { EventSelectors = [], AdvancedEventSelectors = [] } = await call('GetEventSelectors', TrailARN, () =>
    client.send(new GetEventSelectorsCommand({ TrailName: TrailARN })),
  );
  return {
    name: Name,
    isLogging: IsLogging === true,
    takesManagementWrites:
      EventSelectors.some(takesWrites) || AdvancedEventSelectors.some(takesWritesAdvanced),
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html: both are so where nothing is said. */
const takesWrites = ({ IncludeManagementEvents = true, ReadWriteType = 'All' }: EventSelector): boolean =>
  IncludeManagementEvents && ReadWriteType !== 'ReadOnly';

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function takesWritesAdvanced({ FieldSelectors = [] }: AdvancedEventSelector): boolean {
  const field = (name: string) => FieldSelectors.find(({ Field }) => Field === name);
  if (field('eventCategory')?.Equals?.includes('Management') !== true) return false;
  const readOnly = field('readOnly')?.Equals;
  return readOnly === undefined || readOnly.includes('false');
}
