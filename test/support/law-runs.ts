/**
 * How many cases a law is tried with: some at `npm test`, all at `npm run test:laws`, which the gate runs too.
 *
 * @param all of them; a multiple of the share
 */
export const lawRuns = (all: number): number => ('allLaws' in globalThis ? all : Math.ceil(all / SHARE));

const SHARE = 10;
