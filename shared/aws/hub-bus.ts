import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { plainEvent, type HubEvent } from '../domain/words/hub-event.ts';
import { EVENT_SOURCE } from '../domain/words/notice.ts';
import type { HubEvents } from '../letters/ports.ts';
import type { EventBus } from '../reconcile/ports.ts';
import { call } from './calls.ts';

/** PutEvents takes at most ten entries a call. */
const ENTRIES_PER_CALL = 10;

/** The hub's event bus. */
export class HubBus implements EventBus, HubEvents {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /**
   * Others read these events too, so they carry plain words.
   *
   * @throws Error when the bus refuses any of them: PutEvents answers 200 even then
   */
  async publish(events: readonly HubEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += ENTRIES_PER_CALL) {
      const Entries = events
        .slice(start, start + ENTRIES_PER_CALL)
        .map(plainEvent)
        .map(({ detailType, detail }) => ({
          EventBusName: this.#busName,
          Source: EVENT_SOURCE,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        }));
      const answer = await call('PutEvents', 'the hub', () =>
        this.#client.send(new PutEventsCommand({ Entries })),
      );
      const refused = answer.Entries?.find((entry) => entry.ErrorCode !== undefined);
      if (refused !== undefined) throw new Error(`the hub’s bus refused an event: ${refused.ErrorCode}`);
    }
  }
}
