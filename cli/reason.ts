import { InvalidArgumentError } from 'commander';

/** The hub takes no more. */
const MAX_REASON = 500;

export function parseReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= MAX_REASON) return reason;
  throw new InvalidArgumentError(`Write a text of 1 to ${MAX_REASON} characters.`);
}
