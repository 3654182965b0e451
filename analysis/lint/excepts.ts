import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { NodeTable } from '../../shared/domain/policy/decision/nodes.ts';
import { type Selector, selectorOf } from '../../shared/domain/policy/language/model.ts';
import type { PolicyFile } from '../../shared/domain/policy/language/schema.ts';
import type { RawFinding } from './findings.ts';
import { entriesOfSide, selectorsOf } from './selectors.ts';
import { areApart, type Term, termsOf } from './terms.ts';

/** What a selector leaves out although it never takes it in: read as widely as it can be. */
export function findIdleExcepts(file: PolicyFile, { model }: CompiledPolicy): readonly RawFinding[] {
  const table = new NodeTable(model.groups);
  const terms = (entry: string | Selector): readonly Term[] | undefined =>
    termsOf(table.nodes, table.sideNode([entry], 'wide'));
  return selectorsOf(file).flatMap(({ path, selector: { except, ...taken } }) => {
    if (except === undefined) return [];
    const within = terms(selectorOf(taken));
    return entriesOfSide(except, [...path, 'except']).flatMap(({ path: at, entry }): RawFinding[] => {
      const left = terms(typeof entry === 'string' ? entry : selectorOf(entry));
      const isIdle = within?.every((one) => left?.every((other) => areApart(one, other)));
      if (isIdle !== true) return [];
      const message =
        'this except takes nothing out: no VPC that the selector takes in can match it. Correct it, or take it out';
      return [{ code: 'idle-except', path: at, message }];
    });
  });
}
