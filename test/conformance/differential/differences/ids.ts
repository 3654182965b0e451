import { API, either, outcomes, type KnownDifference } from './known.ts';

export const ID_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'malformed ids',
    sim: '`…Malformed`',
    moto: '`…NotFound`',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    isCommon: true,
    fits: ({ path, sim, moto }) =>
      path === '' && String(sim).endsWith('.Malformed') && String(moto).toLowerCase().endsWith('notfound'),
  },
  {
    id: 'how NotFound is spelled',
    sim: '`InvalidVpcPeeringConnectionID`, `InvalidVpcCidrBlockAssociationID`',
    moto: '`InvalidVpcPeeringConnectionId`, `InvalidVpcCidrBlockAssociationIdError`',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    isCommon: true,
    fits: either(
      outcomes(/./, 'InvalidVpcPeeringConnectionID.NotFound', 'InvalidVpcPeeringConnectionId.NotFound'),
      outcomes(
        /./,
        'InvalidVpcCidrBlockAssociationID.NotFound',
        'InvalidVpcCidrBlockAssociationIdError.NotFound',
      ),
    ),
  },
  {
    id: 'a peering that is not there, asked for by its id',
    sim: 'an error',
    moto: 'an empty list',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: either(
      outcomes(/^DescribeVpcPeeringConnections$/, 'InvalidVpcPeeringConnectionID.NotFound'),
      outcomes(/^DescribeVpcPeeringConnections$/, 'InvalidVpcPeeringConnectionId.Malformed'),
    ),
  },
];
