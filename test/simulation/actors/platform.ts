import type { Deed, Step } from '../plan/steps.ts';
import { functionArn, type Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;
type Change = About<
  | 'move-account'
  | 'suspend-account'
  | 'reopen-account'
  | 'break-role'
  | 'mend-role'
  | 'change-policy'
  | 'double-invocation'
  | 'routes-quota'
  | 'sweep'
>;

/** What happens to the organization and to the hub. */
export async function changePlatform(step: Change, stage: Stage): Promise<boolean> {
  const { world, plan, judge } = stage;
  const { aws } = world;
  switch (step.kind) {
    case 'move-account':
      if (!aws.organization.accounts.has(step.accountId)) return false;
      aws.organization.moveAccount(step.accountId, step.ou ?? aws.organization.rootId);
      judge?.journal.noteMembership(step.accountId);
      return true;
    case 'suspend-account':
      if (!aws.organization.accounts.has(step.accountId)) return false;
      aws.organization.suspendAccount(step.accountId);
      judge?.journal.noteMembership(step.accountId);
      return true;
    case 'reopen-account': {
      const account = aws.organization.accounts.get(step.accountId);
      if (account === undefined) return false;
      account.status = 'ACTIVE';
      judge?.journal.noteMembership(step.accountId);
      return true;
    }
    case 'break-role':
    case 'mend-role':
      return changeRole(step, stage);
    case 'change-policy': {
      const policy = plan.policies[step.policy];
      if (policy === undefined) return false;
      world.changePolicy(policy);
      judge?.notePolicy(policy);
      return true;
    }
    case 'double-invocation': {
      const arn = functionArn(step.functionName);
      const { name } = aws.lambda.config(arn);
      const last = aws.lambda.invocations.findLast(({ functionName }) => functionName === name);
      if (last === undefined) return false;
      // Nobody waits for it: it runs beside whatever runs.
      void aws.lambda.invoke(arn, last.event);
      return true;
    }
    case 'routes-quota':
      aws.ec2.setQuotas(step.accountId, step.region, { routesPerTable: step.routesPerTable });
      return true;
    case 'sweep':
      world.hub.fireSchedules();
      return true;
  }
}

/** Every call with a role that is gone is refused, those with a session that it still had included (see fates.ts). */
function changeRole(step: About<'break-role' | 'mend-role'>, { plan, judge, brokenRoles }: Stage): boolean {
  const isEnrolled = plan.accounts.some((account) => account.id === step.accountId && account.isEnrolled);
  if (!isEnrolled) return false;
  if (step.kind === 'break-role') brokenRoles.set(step.accountId, step.how);
  else brokenRoles.delete(step.accountId);
  judge?.journal.noteEnrolment(step.accountId, step.kind === 'mend-role');
  return true;
}
