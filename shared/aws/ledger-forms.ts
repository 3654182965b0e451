import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { parseCidr, type Cidr } from '../domain/cidr.ts';
import {
  parseAccountId,
  parseRegion,
  parseRouteTableId,
  parseVpcId,
  type AccountId,
  type Region,
  type RouteTableId,
  type VpcId,
} from '../domain/ids.ts';

export type Item = Record<string, AttributeValue>;

/** Text that its parser knows and would write the same way. */
export const form = <Form extends string>(parse: (text: string) => Form | undefined, name: string) =>
  z.custom<Form>((value) => typeof value === 'string' && parse(value) === value, { error: `not ${name}` });

export const accountId = form<AccountId>(parseAccountId, 'an account id');
export const region = form<Region>(parseRegion, 'a region');
export const vpcId = form<VpcId>(parseVpcId, 'a VPC id');
export const routeTableId = form<RouteTableId>(parseRouteTableId, 'a route table id');
export const destination = form<Cidr>(parseCidr, 'a CIDR in canonical form');

export const textOf = <Inner extends z.ZodType>(inner: Inner) => z.object({ S: inner });
