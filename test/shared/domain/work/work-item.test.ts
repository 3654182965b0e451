import {
  MAX_LOOKS,
  readWorkItem,
  writeWorkItem,
  type WorkItem,
} from '../../../../shared/domain/work/work-item.ts';
import { PEERING, REQUESTER } from '../../../support/observed.ts';

const item: WorkItem = {
  key: { peeringId: PEERING, accountId: REQUESTER.accountId, region: REQUESTER.region },
  hintId: 'd1f5b6a0-0000-4000-a000-000000000001',
  looks: 2,
};

it('comes back from the queue as it was sent', () => {
  expect(readWorkItem(writeWorkItem(item))).toEqual(item);
});

it.each([
  ['text that is not JSON', 'pcx-1', /JSON/],
  [
    'a peering id of another form',
    JSON.stringify({ ...JSON.parse(writeWorkItem(item)), peeringId: 'vpc-1' }),
    /peering id/,
  ],
  [
    'more looks than there are',
    JSON.stringify({ ...JSON.parse(writeWorkItem(item)), looks: MAX_LOOKS + 1 }),
    /looks/,
  ],
  [
    'a field that it does not know',
    JSON.stringify({ ...JSON.parse(writeWorkItem(item)), rule: 'x' }),
    /rule/,
  ],
])('refuses %s', (_name, body, reason) => {
  expect(() => readWorkItem(body)).toThrow(reason);
});
