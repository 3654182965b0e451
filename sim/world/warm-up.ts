import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import type { VirtualClock } from '../clock.ts';
import { createAnswer } from '../wire/answer.ts';
import { sdkRequestHandler } from '../wire/sdk-handler.ts';
import { WIRE_SERVICES } from '../wire/services.ts';

/**
 * Makes one call through an SDK client of its own and holds virtual time until it is answered.
 *
 * At its first call a client reads `~/.aws` and the like, which is real input and output: the clock cannot see it
 * and would run ahead. The SDK keeps what it read for the whole process, so that later clients need none.
 */
export function warmUpSdk(clock: VirtualClock): void {
  const answer = createAnswer({
    services: WIRE_SERVICES,
    newRequestId: () => 'warm-up',
    identify: (accessKeyId) => ({ accountId: accessKeyId, arn: '' }),
    dispatch: async () => ({}),
  });
  const client = new STSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'none' },
    requestHandler: sdkRequestHandler(answer, clock),
  });
  void clock.hold(client.send(new GetCallerIdentityCommand({})));
}
