import type { ApprovalTerms } from '../policy/language/approval-terms.ts';
import type { ConnectOptions } from '../policy/language/connect.ts';
import { shortList } from '../policy/decision/trace.ts';

/** What a rule gives: `connects: routes to vpc-cidrs in associated tables, IPv6 on, DNS on` */
export function connectWords({ routes, dns }: ConnectOptions): string {
  const does = routes.writing.kind === 'never' ? 'accepts only' : 'connects';
  const resolution = dns === 'leave' ? 'left as it is' : dns ? 'on' : 'off';
  return `${does}: ${routeWords(routes)}, DNS ${resolution}`;
}

function routeWords({ writing, tables, destinations, exclude, ipv6 }: ConnectOptions['routes']): string {
  if (writing.kind === 'never') return 'no routes';
  const except = exclude.length === 0 ? '' : ` except ${shortList(exclude)}`;
  const wait = writing.kind === 'settle' ? `, those that nobody else wrote within ${writing.seconds} s` : '';
  return `routes to ${destinations.kind}${except} in ${tables.kind} tables${wait}, IPv6 ${ipv6 ? 'on' : 'off'}`;
}

/** Who may approve: `2 different people of arn:…:role/NetworkAdmin, …, and not of the requester's account` */
export function approverWords({ by, count, notRequester }: ApprovalTerms): string {
  const whose = by.flatMap(({ principals, slack = [], slackGroups = [] }) => [
    ...principals,
    ...slack.map((user) => `Slack user ${user}`),
    ...slackGroups.map((group) => `Slack group ${group}`),
  ]);
  const who = whose.length === 0 ? 'whoever may use the command approve' : shortList(whose);
  const many = count === 1 ? 'one of' : `${count} different people of`;
  return `${many} ${who}${notRequester ? ", and not of the requester's account" : ''}`;
}
