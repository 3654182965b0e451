import type { Facts } from '../../analysis/doctor/facts.ts';
import type { Finding, Severity } from '../../analysis/doctor/finding.ts';

/** How many findings there are of each severity. */
export const countsOf = (findings: readonly Finding[]): Readonly<Record<Severity, number>> => {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    failure: count('failure'),
    warning: count('warning'),
    'not-known': count('not-known'),
    ok: count('ok'),
  };
};

/** What `-o json` prints; docs/doctor.md describes it. Members are added, and never change their meaning. */
export const toJson = ({ now, expected }: Facts, findings: readonly Finding[]): string =>
  `${JSON.stringify({
    version: 1,
    at: new Date(now).toISOString(),
    hub: { name: expected.name, region: expected.hubRegion },
    ok: countsOf(findings).failure === 0,
    counts: countsOf(findings),
    findings,
  })}\n`;
