import { HUB_EVENT_TYPES, type HubEvent } from '../../shared/domain/words/hub-event.ts';
import type { DetailType, NoticeDetail } from '../../shared/domain/words/notice.ts';

const PEERING: NoticeDetail = {
  version: 1,
  peeringId: 'pcx-0bfb344be1fc828e5',
  state: 'active',
  requester: {
    accountId: '111111111111',
    region: 'eu-west-1',
    vpcId: 'vpc-0c3b7cf3c25632b92',
    accountName: 'shop-prod',
    vpcName: 'web',
    cidrs: ['10.1.0.0/16'],
  },
  accepter: {
    accountId: '222222222222',
    region: 'eu-west-1',
    vpcId: 'vpc-0f8a0ccceea0a7f89',
    accountName: 'platform',
    vpcName: 'services',
    cidrs: ['10.2.0.0/16'],
  },
  rule: 'apps-to-shared',
  owner: 'data platform',
  ticket: 'NET-123',
  reason: { code: 'rule-allows', text: 'Rule apps-to-shared allows it.' },
  changes: [],
  problems: [],
};
const ACCEPT = 'accept the peering in 222222222222 eu-west-1';
const ROUTE = 'route 10.2.0.0/16 to the peering in rtb-0d855d9d3e6b245b5, 111111111111 eu-west-1';
const ADDED = [
  `+ ${ACCEPT}`,
  '+ rtb-0d855d9d3e6b245b5: route 10.2.0.0/16 to the peering (111111111111 eu-west-1)',
];
const REMOVE = 'remove the route to 10.2.0.0/16 from rtb-0d855d9d3e6b245b5, 111111111111 eu-west-1';
const REMOVED = ['- rtb-0d855d9d3e6b245b5: route 10.2.0.0/16 (111111111111 eu-west-1)'];
const WAITS = { code: 'approval-required', text: 'Rule apps-to-shared allows it once a person approves.' };
const APPROVE =
  '`autopeer approve pcx-0bfb344be1fc828e5 --fingerprint 3f9c2a1b77d0` approves it as it is now, `autopeer reject` rejects it';
const UNSANCTIONED = { code: 'no-rule', text: 'No rule allows it.' };

/** What differs from a peering that is as it should be. */
const PEERINGS: Readonly<Record<DetailType, Partial<NoticeDetail>>> = {
  'Peering Connected': { changes: [ACCEPT, ROUTE], diff: ADDED },
  'Peering Accepted': {
    changes: [ACCEPT],
    diff: ADDED.slice(0, 1),
    notes: ['autopeer writes no routes for the requester: its own people do'],
  },
  'Peering Held': { state: 'pending-acceptance', reason: WAITS, problems: [APPROVE] },
  'Peering Expiring': { state: 'pending-acceptance', reason: WAITS, problems: [APPROVE] },
  'Peering Rejected': {
    state: 'rejected',
    rule: 'no-sandbox',
    reason: { code: 'rule-denies', text: 'Rule no-sandbox denies it.' },
    changes: ['reject the peering in 222222222222 eu-west-1'],
    diff: ['- reject the peering in 222222222222 eu-west-1'],
  },
  'Peering Cleaned Up': {
    state: 'deleted',
    reason: { code: 'deleted', text: 'The peering is deleted.' },
    changes: [REMOVE],
    diff: REMOVED,
  },
  'Peering Ended': { state: 'expired', reason: { code: 'expired', text: 'The request has expired.' } },
  'Peering Unsanctioned': { reason: UNSANCTIONED, changes: [REMOVE], diff: REMOVED },
  'Peering Unapproved': { reason: WAITS, problems: [APPROVE] },
  'Peering Failed': {
    state: 'failed',
    reason: { code: 'failed', text: 'EC2 says that the peering has failed.' },
    problems: ['the CIDRs of both VPCs overlap: 10.1.0.0/16 and 10.1.0.0/16'],
  },
  'Peering Planned': { state: 'pending-acceptance', changes: [ACCEPT, ROUTE], diff: ADDED },
};

const PLACES = { version: 1, count: 2, about: ['333333333333 eu-west-1', '333333333333 us-east-1'] } as const;

const OTHERS: readonly HubEvent[] = [
  {
    detailType: 'Work Failed',
    detail: {
      version: 1,
      cause: 'sweep-describevpcs-internalerror',
      reason: {
        code: 'DescribeVpcs InternalError',
        text: 'DescribeVpcs in 111111111111 eu-west-1 failed: InternalError',
      },
      count: 1,
      about: ['111111111111 eu-west-1'],
      problems: ['`autopeer dead-letters retry sweep-describevpcs-internalerror` tries it again'],
    },
  },
  {
    detailType: 'Access Missing',
    detail: {
      ...PLACES,
      about: [...PLACES.about],
      reason: {
        code: 'no-member-role',
        text: 'AWS does not let autopeer assume the member role there (AccessDenied)',
      },
      problems: ['Deploy the member stack into these accounts.'],
    },
  },
  {
    detailType: 'Access Restored',
    detail: {
      ...PLACES,
      about: [...PLACES.about],
      reason: { code: 'ok', text: 'autopeer may read there again, and goes on there' },
      problems: [],
    },
  },
  {
    detailType: 'Autopeer Suspended',
    detail: {
      version: 1,
      reason: {
        code: 'suspended',
        text: 'arn:aws:sts::999988887777:assumed-role/NetworkAdmin/jo suspended autopeer until 2026-11-28T11:20:03.509Z',
      },
    },
  },
  {
    detailType: 'Autopeer Resumed',
    detail: {
      version: 1,
      reason: {
        code: 'resumed',
        text: 'arn:aws:sts::999988887777:assumed-role/NetworkAdmin/jo resumed it: autopeer writes again',
      },
    },
  },
  {
    detailType: 'Rules Expiring',
    detail: {
      version: 1,
      reason: { code: 'expiring', text: 'after that the rule allows nothing more' },
      count: 1,
      about: ['migration allows until the end of 2027-03-31 (UTC); owner "data platform", ticket "NET-123"'],
      problems: ['Write a later date into the policy if the rule is to go on, and deploy it.'],
    },
  },
];

const EVENTS: readonly HubEvent[] = [
  ...HUB_EVENT_TYPES.flatMap((type): readonly HubEvent[] =>
    isPeeringType(type) ? [{ detailType: type, detail: { ...PEERING, ...PEERINGS[type] } }] : [],
  ),
  ...OTHERS,
];

function isPeeringType(type: HubEvent['detailType']): type is DetailType {
  return type in PEERINGS;
}

/** An event of each type, in the envelope in which EventBridge hands it to a rule's target. */
export const eventSamples = (): readonly (Readonly<Record<string, unknown>> & {
  readonly 'detail-type': HubEvent['detailType'];
})[] =>
  EVENTS.map(({ detailType, detail }) => ({
    version: '0',
    id: '6f3f5f0a-5b0e-4f0e-9c57-0d9a6c1f4b21',
    'detail-type': detailType,
    source: 'autopeer',
    account: '999988887777',
    time: '2026-11-28T09:12:40Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  }));
