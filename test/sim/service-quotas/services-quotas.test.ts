import { EC2 } from '@aws-sdk/client-ec2';
import { paginateListServiceQuotas, ServiceQuotas } from '@aws-sdk/client-service-quotas';
import { as, failureOf, MEMBER, newAws, STRANGER } from '../world/services-support.ts';

const PEERINGS = { ServiceCode: 'vpc', QuotaCode: 'L-7E9ECCDB' };

function setUp() {
  const aws = newAws();
  const quotas = new ServiceQuotas(as(aws, MEMBER));
  return { aws, quotas };
}

describe('service quotas', () => {
  it('tell what an account may have in a region', async () => {
    const { aws, quotas } = setUp();
    const { Quota } = await aws.clock.drive(quotas.getServiceQuota(PEERINGS));
    expect(Quota).toMatchObject({
      QuotaName: 'Active VPC peering connections per VPC',
      QuotaArn: `arn:aws:servicequotas:eu-west-1:${MEMBER}:vpc/L-7E9ECCDB`,
      Value: 50,
      Adjustable: true,
    });
  });

  it('differ from AWS’s default once they are raised, in that account and region only', async () => {
    const { aws, quotas } = setUp();
    aws.ec2.setQuotas(MEMBER, 'eu-west-1', { activePeeringsPerVpc: 100 });
    const valueOf = async (client: ServiceQuotas) =>
      (await aws.clock.drive(client.getServiceQuota(PEERINGS))).Quota?.Value;
    expect(await valueOf(quotas)).toBe(100);
    expect(await valueOf(new ServiceQuotas(as(aws, STRANGER)))).toBe(50);
    expect(await valueOf(new ServiceQuotas(as(aws, MEMBER, 'us-east-1')))).toBe(50);
    const { Quota } = await aws.clock.drive(quotas.getAWSDefaultServiceQuota(PEERINGS));
    expect(Quota).toMatchObject({ Value: 50, QuotaArn: 'arn:aws:servicequotas:eu-west-1::vpc/L-7E9ECCDB' });
  });

  it('are listed in pages', async () => {
    const { aws, quotas } = setUp();
    const codes: (string | undefined)[] = [];
    const pages = paginateListServiceQuotas({ client: quotas, pageSize: 4 }, { ServiceCode: 'vpc' });
    const collect = async () => {
      for await (const { Quotas = [] } of pages) {
        expect(Quotas.length).toBeLessThanOrEqual(4);
        codes.push(...Quotas.map(({ QuotaCode }) => QuotaCode));
      }
    };
    await aws.clock.drive(collect());
    expect(codes).toEqual(expect.arrayContaining(['L-7E9ECCDB', 'L-DC9F7029', 'L-93826ACB', 'L-83CA0A9D']));
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each([
    ['an unknown quota', { ServiceCode: 'vpc', QuotaCode: 'L-00000000' }],
    ['an unknown service', { ServiceCode: 'moon', QuotaCode: 'L-7E9ECCDB' }],
  ])('are refused for %s', async (_, input) => {
    const { aws, quotas } = setUp();
    const failure = await failureOf(aws, quotas.getServiceQuota(input));
    expect(failure.name).toBe('NoSuchResourceException');
  });

  it('are raised once a request is approved, and EC2 holds to them', async () => {
    const { aws, quotas } = setUp();
    aws.ec2.setQuotas(MEMBER, 'eu-west-1', { vpcsPerRegion: 0 });
    const vpcs = { ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' };
    const ec2 = new EC2(as(aws, MEMBER));
    const create = () => ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
    expect((await failureOf(aws, create())).name).toBe('VpcLimitExceeded');
    const asked = quotas.requestServiceQuotaIncrease({ ...vpcs, DesiredValue: 1 });
    const { RequestedQuota } = await aws.clock.drive(asked);
    expect(RequestedQuota).toMatchObject({ Status: 'PENDING', DesiredValue: 1 });
    expect((await failureOf(aws, create())).name).toBe('VpcLimitExceeded');
    const again = quotas.requestServiceQuotaIncrease({ ...vpcs, DesiredValue: 2 });
    expect((await failureOf(aws, again)).name).toBe('ResourceAlreadyExistsException');
    aws.serviceQuotas.decide(RequestedQuota?.Id ?? '', 'APPROVED');
    await aws.clock.drive(create());
    const history = await aws.clock.drive(
      quotas.listRequestedServiceQuotaChangeHistory({ Status: 'APPROVED' }),
    );
    expect(history.RequestedQuotas).toHaveLength(1);
  });

  it.each([
    ['no more than there is', { ...PEERINGS, DesiredValue: 50 }],
    ['what cannot be raised', { ServiceCode: 'vpc', QuotaCode: 'L-8312C5BB', DesiredValue: 200 }],
  ])('are not raised to %s', async (_, input) => {
    const { aws, quotas } = setUp();
    const failure = await failureOf(aws, quotas.requestServiceQuotaIncrease(input));
    expect(failure.name).toBe('IllegalArgumentException');
  });
});
