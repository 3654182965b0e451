import * as ec2 from '@aws-sdk/client-ec2';
import { wrappedRequest, wrappedResponse } from '../../../sim/cloudtrail/cloudtrail-shapes.ts';
import { operationsOf, type Operation } from '../../../sim/wire/schema.ts';

/** No action of the model that is wrapped has lists or account ids; these of EC2's others do. */
function operation(name: string): Operation {
  const found = operationsOf(ec2).get(name);
  if (found === undefined) throw new Error(`EC2 has no ${name}`);
  return found;
}

describe('the wrapped shape of CloudTrail records', () => {
  const flowLogs = (...FlowLogIds: string[]) =>
    wrappedRequest('DeleteFlowLogs', operation('DeleteFlowLogs').input, { FlowLogIds });

  it('has a list of one as one numbered element', () => {
    expect(flowLogs('fl-1a')).toEqual({ DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1a' } } });
  });

  it('has a list of several as an array of numbered elements', () => {
    expect(flowLogs('fl-1a', 'fl-2b')).toEqual({
      DeleteFlowLogsRequest: {
        FlowLogId: [
          { tag: 1, content: 'fl-1a' },
          { tag: 2, content: 'fl-2b' },
        ],
      },
    });
  });

  it('puts the number into an element that is an object', () => {
    const TagSpecifications = [{ ResourceType: 'natgateway', Tags: [{ Key: 'Name', Value: 'out' }] }];
    const { input } = operation('CreateNatGateway');
    expect(wrappedRequest('CreateNatGateway', input, { SubnetId: 'subnet-1a', TagSpecifications })).toEqual({
      CreateNatGatewayRequest: {
        SubnetId: 'subnet-1a',
        TagSpecification: { tag: 1, ResourceType: 'natgateway', Tag: { tag: 1, Key: 'Name', Value: 'out' } },
      },
    });
  });

  it('has a list of one in an answer as its item', () => {
    const { output } = operation('CreateNatGateway');
    const NatGateway = { NatGatewayAddresses: [{ AllocationId: 'eipalloc-1a' }], Tags: [] };
    expect(wrappedResponse('CreateNatGateway', output, { NatGateway }, 'r-1')).toEqual({
      CreateNatGatewayResponse: {
        xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        requestId: 'r-1',
        natGateway: { natGatewayAddressSet: { item: { allocationId: 'eipalloc-1a' } }, tagSet: '' },
      },
    });
  });

  it('loses the leading zeros of an account id, which becomes a number', () => {
    const { input } = operation('CreateVpcPeeringConnection');
    expect(wrappedRequest('CreateVpcPeeringConnection', input, { PeerOwnerId: '012345678901' })).toEqual({
      CreateVpcPeeringConnectionRequest: { PeerOwnerId: 12345678901 },
    });
  });

  it('has dates as text', () => {
    const { output } = operation('CreateNatGateway');
    const NatGateway = { CreateTime: new Date(0) };
    expect(wrappedResponse('CreateNatGateway', output, { NatGateway }, 'r-1')).toMatchObject({
      CreateNatGatewayResponse: { natGateway: { createTime: '1970-01-01T00:00:00.000Z' } },
    });
  });
});
