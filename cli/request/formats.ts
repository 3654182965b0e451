import { stringify } from 'yaml';
import type { Ends, Preview } from './preview.ts';

/** What a request can be written as, for those who own it elsewhere. */
export const REQUEST_FORMATS = ['terraform', 'cloudformation', 'cli'] as const;
export type RequestFormat = (typeof REQUEST_FORMATS)[number];

interface Written {
  readonly ends: Ends;
  readonly preview: Pick<Preview, 'existing'>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The request in the words of another tool. Nothing in it is a name that somebody else chose. */
export function writeRequest(format: RequestFormat, written: Written): string {
  switch (format) {
    case 'terraform':
      return terraform(written);
    case 'cloudformation':
      return cloudFormation(written);
    case 'cli':
      return awsCli(written);
  }
}

/**
 * The requester's side alone: autopeer accepts, and writes the routes.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_peering_connection
 */
function terraform({ ends: { requester, accepter }, preview: { existing }, tags }: Written): string {
  const entries = Object.entries(tags);
  const lines = [
    ['vpc_id       ', hcl(requester.vpcId)],
    ['peer_vpc_id  ', hcl(accepter.vpcId)],
    ['peer_owner_id', hcl(accepter.accountId)],
    ...(accepter.region === requester.region ? [] : [['peer_region  ', hcl(accepter.region)]]),
    ['auto_accept  ', 'false'],
  ].map(([name = '', value = '']) => `  ${name} = ${value}`);
  return [
    '# autopeer accepts this request and writes the routes of both sides: see docs/terraform.md of autopeer.',
    'terraform {',
    '  required_providers {',
    '    aws = {',
    '      source = "hashicorp/aws"',
    '    }',
    '  }',
    '}',
    '',
    'provider "aws" {',
    `  region              = ${hcl(requester.region)}`,
    `  allowed_account_ids = [${hcl(requester.accountId)}]`,
    '  # autopeer tags the peering. Terraform is to leave these tags alone.',
    '  ignore_tags {',
    '    key_prefixes = ["autopeer:"]',
    '  }',
    '}',
    '',
    ...(existing === undefined
      ? []
      : ['import {', '  to = aws_vpc_peering_connection.this', `  id = ${hcl(existing.id)}`, '}', '']),
    'resource "aws_vpc_peering_connection" "this" {',
    ...lines,
    ...(entries.length === 0
      ? []
      : ['', '  tags = {', ...entries.map(([key, value]) => `    ${hcl(key)} = ${hcl(value)}`), '  }']),
    '}',
    '',
  ].join('\n');
}

/**
 * A quoted string of HCL, in which nothing is a template. JSON's escapes are HCL's.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings
 */
const hcl = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', () => '%%{');

/**
 * CloudFormation wants to accept by itself, and needs a role of the accepter's account for it.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcpeeringconnection.html
 */
function cloudFormation({ ends: { requester, accepter }, tags }: Written): string {
  const isAcross = requester.accountId !== accepter.accountId;
  const entries = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    ...(isAcross && {
      Parameters: {
        PeerRoleArn: {
          Type: 'String',
          Description: `A role of account ${accepter.accountId} that may call ec2:AcceptVpcPeeringConnection`,
        },
      },
    }),
    Resources: {
      Peering: {
        Type: 'AWS::EC2::VPCPeeringConnection',
        Properties: {
          VpcId: requester.vpcId,
          PeerVpcId: accepter.vpcId,
          PeerOwnerId: accepter.accountId,
          ...(requester.region !== accepter.region && { PeerRegion: accepter.region }),
          ...(isAcross && { PeerRoleArn: { Ref: 'PeerRoleArn' } }),
          ...(entries.length > 0 && { Tags: entries }),
        },
      },
    },
  };
  const notes = [
    `# A stack in account ${requester.accountId}, ${requester.region}.`,
    '# CloudFormation accepts the request itself, and autopeer then connects it: see docs/terraform.md of autopeer.',
  ];
  return `${notes.join('\n')}\n${stringify(template, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' })}`;
}

function awsCli({ ends: { requester, accepter }, tags }: Written): string {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const words = [
    `--region ${requester.region}`,
    `--vpc-id ${requester.vpcId}`,
    `--peer-vpc-id ${accepter.vpcId}`,
    `--peer-owner-id ${accepter.accountId}`,
    ...(requester.region === accepter.region ? [] : [`--peer-region ${accepter.region}`]),
    ...(Tags.length === 0
      ? []
      : [
          `--tag-specifications ${shell(JSON.stringify([{ ResourceType: 'vpc-peering-connection', Tags }]))}`,
        ]),
  ];
  return `# with credentials of account ${requester.accountId}\naws ec2 create-vpc-peering-connection \\\n${words.map((word) => `  ${word}`).join(' \\\n')}\n`;
}

/** One word of a POSIX shell, whatever is in it. */
const shell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
