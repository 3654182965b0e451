import type {
  CreateEventBusRequest,
  CreateEventBusResponse,
  DeleteEventBusRequest,
  DescribeEventBusRequest,
  DescribeEventBusResponse,
  ListEventBusesRequest,
  ListEventBusesResponse,
} from '@aws-sdk/client-eventbridge';

import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { busArnOf, busName } from './event-bus-arn.ts';
import { eventPage } from './event-pages.ts';
import type { SimulatedEventBridge } from './eventbridge.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
const BUS_NAME = /^[.\-_A-Za-z0-9]{1,256}$/;

/** The wire actions on buses. */
export function eventBusActions(bridge: SimulatedEventBridge): ActionTable {
  const resources = (call: Call, { Name }: { Name?: string | undefined }): readonly string[] => [
    busArnOf(call, Name),
  ];
  return {
    CreateEventBus: action<CreateEventBusRequest, CreateEventBusResponse>({
      mutates: true,
      resources,
      run: (call, { Name: name = '' }) => {
        if (!BUS_NAME.test(name)) {
          throw new AwsError('ValidationException', `Event bus name '${name}' is not valid.`);
        }
        return { EventBusArn: bridge.createBus(call.caller.accountId, call.region, name) };
      },
    }),
    DescribeEventBus: action<DescribeEventBusRequest, DescribeEventBusResponse>({
      mutates: false,
      resources,
      run: (call, { Name }) => {
        const arn = busArnOf(call, Name);
        bridge.rulesOf(arn); // refuses a bus that does not exist
        return { Name: busName(arn), Arn: arn, Policy: bridge.policyOf(arn) };
      },
    }),
    ListEventBuses: action<ListEventBusesRequest, ListEventBusesResponse>({
      mutates: false,
      run: (call, input) => {
        const buses = bridge
          .buses(call.caller.accountId, call.region)
          .map((arn) => ({ Name: busName(arn), Arn: arn }))
          .filter(({ Name }) => Name.startsWith(input.NamePrefix ?? ''));
        const { items, next } = eventPage(buses, input);
        return { EventBuses: items, ...next };
      },
    }),
    DeleteEventBus: action<DeleteEventBusRequest, object>({
      mutates: true,
      resources,
      run: (call, { Name: name = '' }) => {
        const arn = busArnOf(call, name);
        if (busName(arn) === 'default') {
          throw new AwsError('ValidationException', 'Cannot delete event bus default.');
        }
        if ((bridge.rules(arn)?.size ?? 0) > 0) {
          throw new AwsError(
            'ValidationException',
            `Event bus ${busName(arn)} can't be deleted since it has rules.`,
          );
        }
        bridge.deleteBus(arn);
        return {};
      },
    }),
  };
}
