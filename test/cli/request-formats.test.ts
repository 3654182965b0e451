import { parse } from 'yaml';
import { parseNamed } from '../../cli/request/find-vpc.ts';
import { REQUEST_FORMATS, writeRequest } from '../../cli/request/formats.ts';
import { choose } from '../../cli/request/wizard.ts';
import { accountId, peeringId, region, vpcId } from '../support/ids.ts';

const NO_NAME = { name: undefined, cidrs: undefined };
const WEB = {
  ...NO_NAME,
  accountId: accountId('111111111111'),
  region: region('eu-west-1'),
  vpcId: vpcId('vpc-0a08ff49b6f772632'),
};
const DB = { ...WEB, accountId: accountId('222222222222'), vpcId: vpcId('vpc-0cd1e85d855d9d3e6') };
const FAR = { ...DB, region: region('us-east-1') };
/** What would run, or end the string, where a format forgets to quote. */
const NASTY = { Name: `it's "\${var.x}" %{ if }`, 'a b': 'back\\slash' };
const ACROSS = { ends: { requester: WEB, accepter: FAR }, preview: { existing: undefined }, tags: NASTY };
const WITHIN = {
  ...ACROSS,
  ends: { requester: WEB, accepter: { ...DB, accountId: WEB.accountId } },
  tags: {},
};

it('Terraform: owner, region and auto_accept of the other side, and autopeer’s tags left alone', () => {
  const text = writeRequest('terraform', ACROSS);
  expect(text).toContain(`resource "aws_vpc_peering_connection" "this" {
  vpc_id        = "vpc-0a08ff49b6f772632"
  peer_vpc_id   = "vpc-0cd1e85d855d9d3e6"
  peer_owner_id = "222222222222"
  peer_region   = "us-east-1"
  auto_accept   = false

  tags = {
    "Name" = "it's \\"$\${var.x}\\" %%{ if }"
    "a b" = "back\\\\slash"
  }
}`);
  expect(text).toContain('key_prefixes = ["autopeer:"]');
  expect(text).toContain('allowed_account_ids = ["111111111111"]');
  expect(text).not.toContain('import {');
  expect(writeRequest('terraform', WITHIN)).not.toMatch(/peer_region|^ {2}tags/m);
});

it('Terraform: what is there already is imported, not made once more', () => {
  const existing = { id: peeringId('pcx-0ee76fc620ec5a85b'), state: 'active' as const };
  const text = writeRequest('terraform', { ...WITHIN, preview: { existing } });
  expect(text).toContain(
    'import {\n  to = aws_vpc_peering_connection.this\n  id = "pcx-0ee76fc620ec5a85b"\n}',
  );
});

it('CloudFormation: a role of the other account, and account ids that stay text', () => {
  expect(parse(writeRequest('cloudformation', ACROSS))).toMatchObject({
    Parameters: { PeerRoleArn: { Type: 'String' } },
    Resources: {
      Peering: {
        Type: 'AWS::EC2::VPCPeeringConnection',
        Properties: {
          VpcId: WEB.vpcId,
          PeerVpcId: FAR.vpcId,
          PeerOwnerId: '222222222222',
          PeerRegion: 'us-east-1',
          PeerRoleArn: { Ref: 'PeerRoleArn' },
          Tags: Object.entries(NASTY).map(([Key, Value]) => ({ Key, Value })),
        },
      },
    },
  });
  const within: unknown = parse(writeRequest('cloudformation', WITHIN));
  expect(within).not.toHaveProperty('Parameters');
  expect(within).toHaveProperty('Resources.Peering.Properties', {
    VpcId: WEB.vpcId,
    PeerVpcId: DB.vpcId,
    PeerOwnerId: WEB.accountId,
  });
});

it('AWS CLI: one command, whose tags no shell takes apart', () => {
  const text = writeRequest('cli', ACROSS);
  expect(text).toContain('--region eu-west-1 \\\n');
  expect(text).toContain('--peer-owner-id 222222222222 \\\n  --peer-region us-east-1 \\\n');
  const [, quoted = ''] = /--tag-specifications '(.*)'\n$/.exec(text) ?? [];
  // Within single quotes a shell knows but one sign: the quote itself.
  expect(quoted.replaceAll(String.raw`'\''`, '')).not.toContain("'");
  expect(JSON.parse(quoted.replaceAll(String.raw`'\''`, "'"))).toMatchObject([
    { ResourceType: 'vpc-peering-connection', Tags: [{ Value: NASTY.Name }, { Value: 'back\\slash' }] },
  ]);
  expect(writeRequest('cli', WITHIN)).not.toMatch(/--peer-region|--tag-spec/);
});

it('no format is empty', () => {
  for (const format of REQUEST_FORMATS) expect(writeRequest(format, WITHIN)).toContain(WEB.vpcId);
});

it.each([
  ['vpc-0a08ff49b6f772632', undefined, undefined, 'vpc-0a08ff49b6f772632'],
  ['shop/web', 'shop', undefined, 'web'],
  ['shop/eu-west-1/web', 'shop', 'eu-west-1', 'web'],
  ['shop/prod/web', 'shop', undefined, 'prod/web'],
  ['shop/eu-west-1/prod/web', 'shop', 'eu-west-1', 'prod/web'],
  ['shop/eu-west-1', 'shop', undefined, 'eu-west-1'],
])('%s', (text, account, where, vpc) => {
  expect(parseNamed(text)).toEqual({ account, region: where, vpc });
});

describe('a person chooses', () => {
  const choices = ['shop  1', 'platform  2', 'platform-test  3'].map((label) => ({ label, value: label }));
  async function chosen(...answers: readonly string[]) {
    let told = '';
    const left = [...answers];
    const value = await choose(
      'account',
      choices,
      () => Promise.resolve(left.shift() ?? 'shop'),
      (text) => (told += text),
    );
    return { value, told, left };
  }

  it('by a part of the name, in any case', async () => {
    expect((await chosen('SHO')).value).toBe('shop  1');
  });
  it('by the number of what is shown now', async () => {
    expect((await chosen('plat', '2')).value).toBe('platform-test  3');
  });
  it('once more where nothing fits, from all', async () => {
    const { value, told } = await chosen('x-x', '1');
    expect([value, told]).toEqual(['shop  1', expect.stringContaining('nothing has x-x in it')]);
  });
});
