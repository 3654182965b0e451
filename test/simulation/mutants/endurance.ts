import type { Mutant } from './mutant.ts';

/** What makes of a thing that is broken for good, or never answers, a failure of everything else, or of every hour. */
export const ENDURANCE: readonly Mutant[] = [
  {
    name: 'a place that nobody may read fails its sweep',
    file: 'shared/reconcile/sweep.ts',
    from: '    if (denial === undefined) throw error;\n    await deps.places',
    to: '    if (denial === undefined || accountId.length > 0) throw error;\n    await deps.places',
  },
  {
    name: 'one broken place stops the sweep',
    file: 'shared/reconcile/batch.ts',
    from: '    returned.push(...rest.map(({ record }) => record));\n    // Before',
    to: '    if (rest.length > 0) returned.push(...event.Records);\n    // Before',
  },
  {
    name: 'an odd account stops the sweep',
    file: 'shared/aws/organization-tree.ts',
    from: '      onOdd(error.message);\n',
    to: '      throw error;\n',
  },
  {
    name: 'an odd item fails the list',
    file: 'shared/aws/ec2.ts',
    from: '        if (!(error instanceof UnexpectedAnswer)) throw error;\n        this.#onOdd',
    to: '        if (!(error instanceof UnexpectedAnswer) || answers.length > 0) throw error;\n        this.#onOdd',
  },
  {
    name: 'a hanging region takes its neighbours along',
    file: 'shared/aws/http.ts',
    from: '        requestTimeout: this.#patience.answerMs,\n        ...options,\n        ...(signal === undefined ? {} : { abortSignal: signal }),\n',
    to: '        ...options,\n',
  },
  {
    name: 'a denied place is told at each sweep',
    file: 'shared/reconcile/publish.ts',
    from: '    (status === memory.told || isBrakedStill',
    to: "    ((status === memory.told && !status.endsWith('no-access')) || isBrakedStill",
  },
  {
    name: 'a blocked step is tried at every look',
    file: 'shared/reconcile/decide-on.ts',
    from: '  const isBlocked = (step: Step): boolean => blocked.has(stepId(step));\n',
    to: '  const isBlocked = (step: Step): boolean => blocked.has(`no ${stepId(step)}`);\n',
  },
  {
    name: 'a denied accept is tried at every look',
    file: 'shared/reconcile/apply.ts',
    from: "  kind === 'tag' || failureClass === 'denied' ||",
    to: "  kind === 'tag' || (failureClass === 'denied' && kind !== 'accept') ||",
  },
  {
    name: 'a full table is tried at every look',
    file: 'shared/reconcile/apply.ts',
    from: " || failureClass === 'vpc-dns' || failureClass === 'limit';",
    to: " || failureClass === 'vpc-dns';",
  },
  {
    name: 'a letter is not told',
    file: 'shared/letters/take-letters.ts',
    from: "  if (cause.tellAt === undefined) return 'told';\n",
    to: "  if (cause.tellAt === undefined || version > 0) return 'told';\n",
  },
  {
    name: 'a letter is let go before it is kept',
    file: 'shared/letters/take-letters.ts',
    from: '  await book.keep({ ...letter,',
    to: '  if (times < 0) await book.keep({ ...letter,',
  },
  {
    name: 'what is consented beside a fight is forgotten',
    file: 'shared/reconcile/remember.ts',
    from: '    consent: newConsent(judged, memory),\n',
    to: '    consent: newConsent(judged.kind === verdict.kind ? judged : verdict, memory),\n',
  },
  {
    name: 'a request that nobody has looked at is left to its accepter',
    file: 'shared/reconcile/sweep.ts',
    from: '      if (hasNoLook(observed, said) && isSpokenOf(verdict)) return true;\n',
    to: '      if (hasNoLook(observed, said) && isSpokenOf(verdict)) return false;\n',
  },
  {
    name: 'a list that leaves out an odd peering is believed',
    file: 'shared/reconcile/observe.ts',
    from: ' ?? ec2.findPeering(peeringId);\n',
    to: ';\n',
  },
  {
    name: 'a look at what was before our own change forgets whose DNS it is',
    file: 'shared/reconcile/remember.ts',
    from: "  if (observed.kind !== 'open' || observed.peering.state !== 'active') return [];\n",
    to: "  if (observed.kind !== 'open') return [];\n",
  },
  {
    name: 'the sweep passes over DNS that the rule no longer wants',
    file: 'shared/reconcile/sweep.ts',
    from: '    (verdict.connect.dns === false &&',
    to: '    (Math.abs(0) > 1 && verdict.connect.dns === false &&',
  },
  {
    name: 'a hint from a suspended account is about nothing',
    file: 'shared/reconcile/observe.ts',
    from: "    return seen ?? { kind: 'not-governed', key };\n",
    to: "    return seen === undefined ? { kind: 'not-governed', key } : { kind: 'not-governed', key };\n",
  },
];
