/**
 * How many cases a law is tried with: some at `npm test`, all at `npm run test:laws`, which the gate runs too.
 *
 * @param all of them; a multiple of the share
 * @param some of them, at `npm test`
 */
export const lawRuns = (all: number, some = Math.ceil(all / SHARE)): number =>
  'allLaws' in globalThis ? all : some;

const SHARE = 10;
