import { readFileSync } from 'node:fs';

/** A policy of the organization, as AWS is given it. */
const read = (name: 'scp' | 'rcp'): { readonly name: string; readonly policy: unknown } => ({
  name,
  policy: JSON.parse(readFileSync(`deploy/organization/${name}.json`, 'utf8')),
});

/** What AWS attaches by itself, and what deploy/organization adds, at the root. */
export const SCPS = [
  {
    orgIdentifier: 'r-ab12',
    policies: [
      {
        name: 'FullAWSAccess',
        policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      },
      read('scp'),
    ],
  },
];

export const RCPS = [{ orgIdentifier: 'r-ab12', policies: [read('rcp')] }];
