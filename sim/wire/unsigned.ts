import { parseArn } from '../arn.ts';
import type { WireRequest } from './http.ts';
import { parametersOf } from './protocols.ts';

/**
 * The actions that need no signature, and the parameter that says what they are about. Their addresses are sent to
 * subscribers, who have no credentials.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
 */
const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ['ConfirmSubscription', 'TopicArn'],
  ['Unsubscribe', 'SubscriptionArn'],
]);
const DEFAULT_REGION = 'us-east-1';

/**
 * The service and region of a request without a signature, where its action needs none. AWS tells both by the host;
 * here all of them share one, so that the action and the ARN say it.
 */
export function unsignedScope(
  request: WireRequest,
): { readonly service: string; readonly region: string } | undefined {
  if (request.headers['authorization'] !== undefined) return undefined;
  const { children } = parametersOf(request);
  const subject = SUBJECTS.get(children.get('Action')?.value ?? '');
  if (subject === undefined) return undefined;
  const region = parseArn(children.get(subject)?.value ?? '')?.region;
  return { service: 'sns', region: region ?? DEFAULT_REGION };
}
