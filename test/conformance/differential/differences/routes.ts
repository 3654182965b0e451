import { memberOf } from '../situation.ts';
import {
  API,
  both,
  either,
  onlyTheirs,
  outcomes,
  PEERING,
  VPC_GUIDE,
  type Fits,
  type KnownDifference,
} from './known.ts';

/** The call's destination lies in the VPC of its table. */
const isWithinVpc: Fits = (_difference, situation) =>
  situation.isInside(situation.call.input['DestinationCidrBlock'], situation.named('RouteTableId')?.vpc);

/** The call leads to a peering of other VPCs than the table's. */
const isOfOtherVpcs: Fits = (_difference, situation) => {
  const [table, peering] = [situation.named('RouteTableId'), situation.named('VpcPeeringConnectionId')];
  return peering !== undefined && table?.vpc !== peering.vpc && table?.vpc !== peering.peerVpc;
};

export const ROUTE_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'routes to a peering that is not active',
    sim: '`blackhole`',
    moto: '`active`',
    right: 'sim',
    source: `${PEERING}/vpc-peering-routing.html`,
    isCommon: true,
    fits: (difference, situation) => {
      const { path, sim, moto } = difference;
      const peering = situation.peeringAround(difference);
      return (
        path.endsWith('.Routes[].State') &&
        sim === 'blackhole' &&
        moto === 'active' &&
        peering !== undefined &&
        !situation.isActive(peering)
      );
    },
  },
  {
    id: 'a new route to a peering that has ended',
    sim: '`InvalidVpcPeeringConnectionID.NotFound`',
    moto: 'written',
    right: 'either',
    source: `${API}/API_CreateRoute.html`,
    fits: both(
      either(
        outcomes(/^(Create|Replace)Route$/, 'InvalidVpcPeeringConnectionID.NotFound'),
        outcomes(/^ReplaceRoute$/, 'InvalidVpcPeeringConnectionID.NotFound', 'InvalidParameterValue'),
      ),
      (_difference, situation) => {
        const peering = situation.named('VpcPeeringConnectionId');
        return peering === undefined || peering.isGone || situation.isDoomed(peering);
      },
    ),
  },
  {
    id: 'which of two faults is named',
    sim: 'the peering, the association',
    moto: 'the route, the table',
    right: 'either',
    source: `${API}/errors-overview.html`,
    fits: either(
      outcomes(
        /^ReplaceRouteTableAssociation$/,
        'InvalidAssociationID.NotFound',
        'InvalidRouteTableID.NotFound',
      ),
      outcomes(/^CreateRoute$/, 'InvalidVpcPeeringConnectionID.NotFound', 'RouteAlreadyExists'),
      both(outcomes(/^CreateRoute$/, 'InvalidParameterValue', 'RouteAlreadyExists'), isOfOtherVpcs),
    ),
  },
  {
    id: 'a route to the peering of other VPCs',
    sim: '`InvalidParameterValue`',
    moto: 'written',
    right: 'sim',
    source: `${PEERING}/vpc-peering-routing.html`,
    fits: both(outcomes(/^(Create|Replace)Route$/, 'InvalidParameterValue'), isOfOtherVpcs),
  },
  {
    id: 'the local route',
    sim: 'neither deleted, nor led to a peering',
    moto: 'both',
    right: 'sim',
    source: `${VPC_GUIDE}/replace-local-route-target.html`,
    fits: both(
      either(
        outcomes(/^(Create|Replace|Delete)Route$/, 'InvalidParameterValue'),
        outcomes(/^CreateRoute$/, 'RouteAlreadyExists'),
      ),
      isWithinVpc,
    ),
  },
  {
    id: 'the association of a deleted subnet',
    sim: 'gone with it',
    moto: 'kept, so that its table cannot be deleted',
    right: 'either',
    source: `${API}/API_DeleteSubnet.html`,
    fits: either(
      both(
        onlyTheirs(/^RouteTables\[\]\.Associations\[\]$/),
        ({ moto }, situation) => situation.made(memberOf(moto, 'SubnetId'))?.isGone === true,
      ),
      ({ path, sim, moto }, { action }) =>
        action === 'DeleteRouteTable' && path === '' && sim === 'done' && moto === 'DependencyViolation',
    ),
  },
  {
    id: 'an association replaced by itself',
    sim: 'a new association',
    moto: 'the same one',
    right: 'either',
    source: `${API}/API_ReplaceRouteTableAssociation.html`,
    diverges: true,
    fits: ({ path }, { action }) => action === 'ReplaceRouteTableAssociation' && path === 'NewAssociationId',
  },
  {
    id: 'another table for a subnet that has one',
    sim: 'the table is looked at, and refused',
    moto: 'whatever it is, the present association is the answer',
    right: 'sim',
    source: `${VPC_GUIDE}/subnet-route-tables.html`,
    fits: ({ path, sim, moto }, { action }) =>
      action === 'AssociateRouteTable' && path === '' && sim !== 'done' && moto === 'done',
  },
  {
    id: 'the filter `route.state`',
    sim: 'applied',
    moto: 'not implemented',
    right: 'sim',
    source: `${API}/API_DescribeRouteTables.html`,
    fits: both(outcomes(/^DescribeRouteTables$/, 'done', 'Error'), (_difference, { call }) =>
      JSON.stringify(call.input).includes('route.state'),
    ),
  },
];
