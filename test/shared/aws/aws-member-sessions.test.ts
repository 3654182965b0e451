import { STSClient } from '@aws-sdk/client-sts';
import { MemberSessions } from '../../../shared/aws/member-credentials.ts';
import { partitionOf } from '../../../shared/domain/facts/partition.ts';
import { SimulatedAws } from '../../../sim/aws.ts';
import { accountId } from '../../support/ids.ts';

const HUB = accountId('999988887777');
const MEMBER = accountId('111111111111');
const OTHER = accountId('222222222222');
const MINUTE_MS = 60_000;

/** A hub whose every principal may assume the role of the one member that has it. */
function sessions() {
  const aws = new SimulatedAws({ seed: 1 });
  aws.iam.createRole(MEMBER, 'member', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' }],
  });
  const sts = new STSClient({ region: 'eu-west-1', maxAttempts: 1, ...aws.client(HUB) });
  const opened = new MemberSessions(sts, 'member', aws.clock, partitionOf('eu-west-1'));
  return {
    aws,
    get: (id = MEMBER) => aws.clock.drive(opened.provider(id)()),
    assumed: () => aws.calls.filter(({ action }) => action === 'AssumeRole').length,
  };
}

it('calls of one account that come at once share one session', async () => {
  const { get, assumed } = sessions();
  const [one, other] = await Promise.all([get(), get()]);
  expect(one.accessKeyId).toBe(other.accessKeyId);
  expect(assumed()).toBe(1);
});

it('a session is renewed before it expires', async () => {
  const { aws, get, assumed } = sessions();
  await get();
  await aws.clock.run(aws.clock.now() + 9 * MINUTE_MS);
  await get();
  expect(assumed()).toBe(1);
  await aws.clock.run(aws.clock.now() + 2 * MINUTE_MS);
  await get();
  expect(assumed()).toBe(2);
});

it('a role that is not there is named, with its account, and asked for again the next time', async () => {
  const { get, assumed } = sessions();
  const refused = 'cannot assume arn:aws:iam::222222222222:role/member: AccessDenied';
  await expect(get(OTHER)).rejects.toThrow(refused);
  await expect(get(OTHER)).rejects.toThrow(refused);
  expect(assumed()).toBe(2);
});
