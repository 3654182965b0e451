import type { Finding } from './faults.ts';
import { isMapping, listOf, memberOf, membersOf } from './raw.ts';

/** What a schema cannot say of approvers and people. Works on the raw values. */
export function checkPeople(file: unknown): readonly Finding[] {
  return [...nobody(file), ...toldTwice(file)];
}

const WHO = ['iam', 'slack', 'slackGroups'] as const;
const OF_AWS = ['iam', 'identityCenter'] as const;

function nobody(file: unknown): readonly Finding[] {
  const approvers = [...membersOf(memberOf(file, 'approvers'))].flatMap(
    ([name, value]): readonly Finding[] => {
      if (!isMapping(value) || WHO.some((key) => value[key] !== undefined)) return [];
      const message = `approvers '${name}' name nobody: write iam, slack or slackGroups`;
      return [{ path: ['approvers', name], message, atKey: true }];
    },
  );
  const people = [...membersOf(memberOf(file, 'people'))].flatMap(([name, value]): readonly Finding[] => {
    if (!isMapping(value) || OF_AWS.some((key) => value[key] !== undefined)) return [];
    const message = `'${name}' is known in Slack only, which says nothing more than the id: write iam or identityCenter`;
    return [{ path: ['people', name], message, atKey: true }];
  });
  return [...approvers, ...people];
}

/** An identity of two people would make one vote out of two, or the other way round. */
function toldTwice(file: unknown): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...membersOf(memberOf(file, 'people'))].flatMap(([name, person]) =>
    ['slack', ...OF_AWS].flatMap((key) =>
      listOf(memberOf(person, key)).flatMap((identity, index): readonly Finding[] => {
        const known = `${key} ${String(identity)}`;
        const owner = owners.get(known) ?? name;
        owners.set(known, owner);
        if (owner === name) return [];
        const message = `${String(identity)} is '${owner}' already: one identity is of one person`;
        return [{ path: ['people', name, key, index], message }];
      }),
    ),
  );
}
