import { requireArn } from '../arn.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import type { SimulatedLambda } from '../lambda/lambda.ts';
import { messageFor, notificationBody, type Publication, type Subscription } from './sns-messages.ts';
import type { SimulatedSns } from './sns.ts';
import type { SimulatedSqs } from '../sqs/sqs.ts';

const SNS = 'sns.amazonaws.com';

/** Hands a publication to a subscribed queue or function; SNS drops what their policies do not let in. */
export function deliverToService(
  services: {
    readonly iam: SimulatedIam;
    readonly lambda: SimulatedLambda;
    readonly sqs: SimulatedSqs;
    readonly sns: SimulatedSns;
  },
  subscription: Subscription,
  publication: Publication,
): void {
  const { endpoint, topicArn, raw, protocol } = subscription;
  const { addressOf } = services.sns;
  if (protocol === 'sqs') {
    const { region } = requireArn(endpoint);
    const question = { action: 'sqs:SendMessage', resource: endpoint, sourceArn: topicArn, region };
    if (!services.iam.allowsService(SNS, question)) return;
    const body = raw
      ? messageFor(publication, protocol)
      : notificationBody(publication, subscription, addressOf);
    services.sqs.queue(endpoint)?.send({ body, senderId: SNS });
  } else if (protocol === 'lambda' && services.lambda.mayInvoke(endpoint, topicArn)) {
    const Sns: unknown = JSON.parse(notificationBody(publication, subscription, addressOf));
    const record = {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscription.arn,
      Sns,
    };
    services.lambda.async.accept(endpoint, { Records: [record] });
  }
}
