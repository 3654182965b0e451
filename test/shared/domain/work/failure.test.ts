import { AwsFailure, RoleNotAssumable } from '../../../../shared/domain/work/failure.ts';
import { UNSEEN } from '../../../support/foreign-text.ts';

const CODE = `Odd\nReason: ok\u001b[31m${'x'.repeat(1000)}`;

it.each([
  new AwsFailure('DescribeVpcs', 'account 111122223333, eu-west-1', CODE, undefined),
  new RoleNotAssumable('arn:aws:iam::111122223333:role/member', CODE, undefined),
])('a code that is none of AWS’s makes no line of its own in $name', ({ message, code }) => {
  expect(message).toContain('Odd Reason: ok');
  expect(message).not.toMatch(UNSEEN);
  expect(message.length).toBeLessThan(250);
  expect(code).toBe(CODE);
});
