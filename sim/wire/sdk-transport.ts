import type { DirectSettings } from './direct.ts';
import type { SdkRequestHandler } from './sdk-handler.ts';
import type { SdkRetryStrategy } from './virtual-retries.ts';

/** What of an SDK client's configuration makes it one of the simulation. */
export interface SdkTransport extends DirectSettings {
  readonly requestHandler: SdkRequestHandler;
  readonly retryStrategy: SdkRetryStrategy;
}
