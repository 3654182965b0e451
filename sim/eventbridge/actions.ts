import type { ActionTable } from '../types.ts';
import { eventBridgeActions } from './eventbridge-actions.ts';
import { eventBusActions } from './eventbridge-bus-actions.ts';
import { eventRuleActions } from './eventbridge-rule-actions.ts';
import type { SimulatedEventBridge } from './eventbridge.ts';

export const allEventBridgeActions = (events: SimulatedEventBridge): ActionTable => ({
  ...eventBridgeActions(events),
  ...eventRuleActions(events),
  ...eventBusActions(events),
});
