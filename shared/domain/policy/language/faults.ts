/** One thing wrong in a policy file. */
export interface PolicyFault {
  /** The file, where a policy was put together from several. */
  readonly file?: string | undefined;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the policy, for example `allow[2].requester.ous[0]`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** In the order of the file; of several files, one after the other. */
export const inFileOrder = <Fault extends PolicyFault>(faults: readonly Fault[]): readonly Fault[] => {
  const files = [...new Set(faults.map(({ file }) => file))];
  const rank = new Map(files.map((file, index) => [file, index]));
  return faults.toSorted(
    (one, other) =>
      (rank.get(one.file) ?? 0) - (rank.get(other.file) ?? 0) ||
      one.line - other.line ||
      one.column - other.column,
  );
};

export type Path = readonly (string | number)[];

/** A fault before it has a line and a column. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** Whether the fault is about the key rather than its value. */
  readonly atKey?: boolean;
}

/** `['allow', 2, 'requester']` as `allow[2].requester` */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === 'number') return `${shown}[${step}]`;
    return shown === '' ? step : `${shown}.${step}`;
  }, '');
}
