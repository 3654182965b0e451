import { PatternFault } from './invalid.ts';
import type { SourceNode } from './json-source.ts';

/** One step of a pattern: a character, or any text. */
type Step = { readonly char: string } | 'any';

/** The steps of a pattern. `*` is any text; `\*` and `\\` stand for themselves; nothing else may be escaped. */
function stepsOf(node: SourceNode & { readonly text: string }): Step[] {
  const steps: Step[] = [];
  const chars = Array.from(node.text);
  // EventBridge counts bytes, and the quote before the text.
  const position = (index: number): number => Buffer.byteLength(chars.slice(0, index).join('')) + 1;
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? '';
    if (char === '*') {
      if (chars[index + 1] === '*') {
        throw new PatternFault(`Consecutive wildcard characters at pos ${position(index)}`, node.end);
      }
      steps.push('any');
    } else if (char === '\\') {
      const escaped = chars[index + 1];
      if (escaped !== '*' && escaped !== '\\') {
        throw new PatternFault(`Invalid escape character at pos ${position(index)}`, node.end);
      }
      steps.push({ char: escaped });
      index++;
    } else {
      steps.push({ char });
    }
  }
  return steps;
}

/** Whether a text fits a wildcard pattern. */
export function compileWildcard(node: SourceNode & { readonly text: string }): (text: string) => boolean {
  const source = stepsOf(node).map((step) => (step === 'any' ? '.*' : RegExp.escape(step.char)));
  const regex = new RegExp(`^${source.join('')}$`, 's');
  return (text) => regex.test(text);
}

/**
 * How many places of a pattern one and the same text can have reached at once, at most that EventBridge takes. It does
 * not say how many; this number lies between patterns that it is known to take and such that it is known to refuse.
 */
const MAX_COMPLEXITY = 10;
/** So many sets of places are looked at; a pattern with more is taken to be too complex. */
const MAX_SETS = 2_000;

/**
 * Refuses patterns with too many stars, or with repeated text behind a star.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 */
export function assertSimple(node: SourceNode & { readonly text: string }): void {
  const steps = stepsOf(node);
  const alphabet = new Set(steps.flatMap((step) => (step === 'any' ? [] : [step.char])));
  const seen = new Set<string>();
  const waiting = [behindStars(steps, [0])];
  while (waiting.length > 0) {
    const places = waiting.pop() ?? [];
    const key = places.join();
    if (seen.has(key)) continue;
    seen.add(key);
    if (places.length > MAX_COMPLEXITY || seen.size > MAX_SETS) throw tooComplex();
    for (const char of alphabet) {
      const next = places.flatMap((place) => {
        const step = steps[place];
        if (step === 'any') return [place];
        return step?.char === char ? [place + 1] : [];
      });
      if (next.length > 0) waiting.push(behindStars(steps, next));
    }
  }
}

/** A star may stand for nothing, so whoever is before it is behind it too. */
function behindStars(steps: readonly Step[], places: readonly number[]): number[] {
  const all = places.flatMap((place) => (steps[place] === 'any' ? [place, place + 1] : [place]));
  return [...new Set(all)].toSorted((one, other) => one - other);
}

const tooComplex = (): PatternFault =>
  new PatternFault(
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  );
