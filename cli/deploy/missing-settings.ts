import { parseRegion } from '../../shared/domain/facts/ids.ts';
import { DEFAULTS, isOrganizationId, isRootOrOuId, type Deployment } from '../deployment-file.ts';
import type { Ask } from '../questions.ts';
import type { Say } from './words.ts';

/** What is not asked for: options have given it, or nobody needs it. */
interface Given {
  readonly region: string | undefined;
  readonly needsUnits: boolean;
}

/** Asks for the settings that nobody has given, and says how they are given the next time. */
export async function askMissing(
  settings: Deployment,
  given: Given,
  ask: Ask | undefined,
  say: Say,
): Promise<Deployment> {
  if (ask === undefined) return settings;
  const region =
    given.region === undefined && settings === DEFAULTS
      ? await ask("the hub's region", settings.region, (text) => parseRegion(text) !== undefined)
      : settings.region;
  const organization =
    settings.organization ??
    (await ask("your organization's id, o-… (empty: the stack knows it)", '', isEmptyOr(isOrganizationId)));
  const units =
    given.needsUnits && settings.units.length === 0
      ? words(await ask('OUs to govern, with spaces (empty: all accounts)', '', areUnits))
      : settings.units;
  const answered = [
    ...(region === settings.region ? [] : [`region: ${region}`]),
    ...(organization === (settings.organization ?? '') ? [] : [`organization: ${organization}`]),
    ...(units.length === settings.units.length ? [] : [`units: [${units.join(', ')}]`]),
  ];
  if (answered.length > 0) {
    say('these lines in autopeer.yaml answer that the next time:');
    for (const line of answered) say(`  ${line}`);
  }
  return { ...settings, region, units, organization: organization === '' ? undefined : organization };
}

const isEmptyOr =
  (is: (text: string) => boolean) =>
  (text: string): boolean =>
    text === '' || is(text);
const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const areUnits = (text: string): boolean => words(text).every(isRootOrOuId);
