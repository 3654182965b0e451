export type Path = readonly (string | number)[];

/** Something wrong at a place of a world file. */
export interface WorldFinding {
  readonly path: Path;
  readonly message: string;
}

/** The same with its line in the text, from 1. */
export interface WorldFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
