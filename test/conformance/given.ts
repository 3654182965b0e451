/** A value that the answer of a call must have. */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('an answer lacks what was asked for');
  return value;
}
