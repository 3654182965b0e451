import * as z from 'zod';
import { accountId, region } from '../snapshot/fields.ts';
import { check, type Answer, type AskPolicy, type Question } from './check.ts';
import { verdictAgainst } from './finding.ts';
import type { NetworkIndex } from './network-index.ts';
import { PROTOCOLS } from './packet.ts';

const PORT_MAX = 65_535;

/** A suite of assertions: what must reach what, and what must not. */
export const suiteSchema = z.strictObject({
  version: z.literal(1),
  /** What is read without a snapshot; of a snapshot nothing is left out. */
  places: z.array(z.strictObject({ account: accountId, region })).optional(),
  cases: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        from: z.string().min(1),
        to: z.string().min(1),
        protocol: z.enum(PROTOCOLS).optional(),
        port: z.int().min(0).max(PORT_MAX).optional(),
        family: z.enum(['ipv4', 'ipv6']).optional(),
        byName: z.boolean().optional(),
        expect: z.enum(['reach', 'no-reach']),
      }),
    )
    .min(1),
});

type Suite = z.infer<typeof suiteSchema>;
export type SuiteCase = Suite['cases'][number];

export interface CaseAnswer {
  readonly case: SuiteCase;
  readonly answer: Answer;
  /** Not known is never a pass, whatever was expected. */
  readonly result: 'passed' | 'failed' | 'not-known';
}

export function runSuite(
  { cases }: Suite,
  index: NetworkIndex,
  askPolicy: AskPolicy | undefined,
): readonly CaseAnswer[] {
  return cases.map((each) => {
    const answer = check(questionOf(each), index, askPolicy);
    return { case: each, answer, result: resultOf(each, answer) };
  });
}

function resultOf({ expect }: SuiteCase, answer: Answer): CaseAnswer['result'] {
  if (answer.kind === 'unclear' || answer.verdict === 'not-known') return 'not-known';
  return (answer.verdict === 'yes') === (expect === 'reach') ? 'passed' : 'failed';
}

/** What stands in the way, or why it is not known, in one line. */
export function reasonOf({ answer }: CaseAnswer): string {
  if (answer.kind === 'unclear') return answer.reason;
  const [first] = verdictAgainst(answer.findings);
  return first?.text ?? 'every layer that AWS shows lets it through';
}

const questionOf = ({ from, to, protocol = 'tcp', port, family, byName = false }: SuiteCase): Question => ({
  from,
  to,
  protocol,
  port,
  family,
  replyPorts: undefined,
  isAskedByName: byName,
});
