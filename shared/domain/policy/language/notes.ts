import type { PolicyModel, RuleNotes } from './model.ts';

/** The notes of a rule by its name; empty where it has none, and where there is no such rule. */
export function notesOfRule({ allow, deny }: PolicyModel, name: string | undefined): Partial<RuleNotes> {
  const rule = [...allow, ...deny].find((one) => one.name === name);
  const { owner, ticket } = rule ?? {};
  return { ...(owner === undefined ? {} : { owner }), ...(ticket === undefined ? {} : { ticket }) };
}

/** Rules without their notes: of two policies that differ in nothing else every decision is the same. */
export const withoutNotes = <Rule extends RuleNotes>(rules: readonly Rule[]): readonly Rule[] =>
  rules.map((rule) => ({ ...rule, owner: undefined, ticket: undefined }));

export const hasNotes = ({ owner, ticket }: RuleNotes): boolean =>
  owner !== undefined || ticket !== undefined;
