import { AwsError } from '../types.ts';

/** EventBridge's refusal of a pattern. `reason` is in the words of its rule compiler. */
export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
