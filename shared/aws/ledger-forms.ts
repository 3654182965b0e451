import * as z from 'zod';
import { parseCidr, type Cidr } from '../domain/facts/cidr.ts';
import {
  parseAccountId,
  parseRegion,
  parseRouteTableId,
  parseVpcId,
  type AccountId,
  type Region,
  type RouteTableId,
  type VpcId,
} from '../domain/facts/ids.ts';
import { form } from './item-forms.ts';

export const accountId = form<AccountId>(parseAccountId, 'an account id');
export const region = form<Region>(parseRegion, 'a region');
export const vpcId = form<VpcId>(parseVpcId, 'a VPC id');
export const routeTableId = form<RouteTableId>(parseRouteTableId, 'a route table id');
export const destination = form<Cidr>(parseCidr, 'a CIDR in canonical form');

export const textOf = <Inner extends z.ZodType>(inner: Inner) => z.object({ S: inner });
