export type Category = 'hub' | 'work' | 'members' | 'events' | 'quotas';

/** A check as people know it. Codes never change their meaning, and one that is given up is not used again. */
export interface Check {
  readonly category: Category;
  /** What is true where it is well. */
  readonly title: string;
  /** What to do where it is not. */
  readonly todo: string;
}

const check = (category: Category, title: string, todo: string): Check => ({ category, title, todo });

/** Every check, by its code; docs/doctor.md has the same list. */
export const CHECKS = {
  AP101: check('hub', 'the hub is there', 'Deploy it, or name it with --name and --hub-region.'),
  AP102: check(
    'hub',
    'hub and command are of one release',
    'Deploy the hub with this command, or install the command of its release.',
  ),
  AP103: check('hub', 'the credentials are of the hub’s account', 'Sign in to the hub’s account.'),
  AP104: check(
    'hub',
    'the hub’s bus lets the accounts’ roles in',
    'Deploy the hub again: its bus has another policy.',
  ),
  AP105: check(
    'hub',
    'the hub’s rules and schedules are there and enabled',
    'Enable the rules. Where they are gone, deploy the hub again.',
  ),
  AP106: check(
    'hub',
    'the ledger is protected against loss',
    'Turn deletion protection and point-in-time recovery on again: without the ledger nobody knows which routes are autopeer’s.',
  ),
  AP107: check('hub', 'no alarm rings', 'Do what the runbook says of the alarm.'),
  AP108: check(
    'hub',
    'the alarms are there',
    'Deploy the hub again: without its alarms failures are not heard.',
  ),
  AP109: check(
    'hub',
    'somebody hears the notices',
    'Subscribe an address to the topic of notices, or set Slack’s webhook.',
  ),
  AP110: check(
    'hub',
    'every failure could be told',
    'Mend what the log of the function onDeadLetter says, then send the messages back by a redrive.',
  ),
  AP111: check(
    'work',
    'the sweep runs every hour',
    'Look at the schedule and at the log of the function startSweep.',
  ),
  AP112: check('work', 'nothing has failed for good', 'Mend the cause, then send the letters again.'),
  AP113: check('work', 'autopeer writes', 'Resume it as soon as the reason is over.'),
  AP114: check(
    'work',
    'the brake has room',
    'Look at what is held. Release the brake if the cuts are meant; otherwise take the change of the policy back.',
  ),
  AP115: check(
    'work',
    'AWS refuses no step',
    'Mend what AWS’s answer names. The step is tried again once a day.',
  ),
  AP116: check(
    'work',
    'the hub may read every account and region',
    'Deploy the member stack there, let the member role read, or take the region out of the policy.',
  ),
  AP117: check(
    'hub',
    'somebody hears the alarms',
    'Subscribe whoever is to be woken to the topic of alarms.',
  ),
  AP201: check(
    'members',
    'people may read in every account',
    'Name yourself in the member stack’s ReadPrincipalArn (readers: in autopeer.yaml), or name another role with --role-name.',
  ),
  AP202: check(
    'members',
    'the member role is there and trusts the hub',
    'Deploy the member stack to the account, with this hub’s account and name.',
  ),
  AP203: check(
    'members',
    'the member role may do what the hub does',
    'The member stack is older than the hub, or was changed: deploy it again.',
  ),
  AP204: check(
    'members',
    'the member role may do nothing else',
    'Somebody gave the role more than the template does. Deploy the member stack again, or find out why.',
  ),
  AP205: check(
    'events',
    'the rule that forwards events is there and enabled',
    'Enable the rule, or deploy the member stack to the region.',
  ),
  AP206: check(
    'events',
    'the rule forwards to the hub’s bus',
    'Deploy the member stack to the region again.',
  ),
  AP207: check(
    'events',
    'the role that forwards is there',
    'Deploy the member stack to the region again: without its role the rule forwards nothing.',
  ),
  AP208: check(
    'events',
    'the rule listens to what the hub hears',
    'The member stack is older than the hub, or was changed: deploy it again.',
  ),
  AP209: check(
    'events',
    'every event could be delivered',
    'Read the reason in the messages’ attributes, mend it, and delete the messages.',
  ),
  AP210: check(
    'events',
    'a trail logs management events that write',
    'Make an organization trail for all regions that logs management events, or turn its logging on: without one EventBridge gets none.',
  ),
  AP211: check(
    'members',
    'the region is on',
    'Turn the region on in the account, or take it out of the policy’s regions.',
  ),
  AP212: check(
    'events',
    'changes are heard by events',
    'The sweep finds what no event tells. Look at the rule, the trail, and the policies that deny events:PutEvents.',
  ),
  AP213: check(
    'quotas',
    'VPCs have room for peerings',
    'Ask AWS for more peerings per VPC (L-7E9ECCDB, 125 at most), before requests are held.',
  ),
  AP214: check(
    'quotas',
    'route tables have room for routes',
    'Ask AWS for more routes per table (L-93826ACB, 1,000 at most), before requests are held.',
  ),
} as const satisfies Readonly<Record<string, Check>>;

export type Code = keyof typeof CHECKS;

const isCode = (text: string): text is Code => Object.hasOwn(CHECKS, text);
export const CODES: readonly Code[] = Object.keys(CHECKS).filter(isCode);
