import type { z } from 'zod';
import { type Finding, type Path, showPath } from './faults.ts';
import { MESSAGE_SEPARATOR, MISSING, NO_VALUE } from '../decision/fields.ts';

/** The schema's issues as findings, one for each thing that is wrong. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], parents: Path = []): Finding[] {
  return issues.flatMap((issue) => findingsOfOne(issue, [...parents, ...issue.path.map(step)]));
}

function findingsOfOne(issue: z.core.$ZodIssue, path: Path): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split(MESSAGE_SEPARATOR);
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? issue.message,
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path, message, atKey: true }));
  }
  if (issue.code === 'invalid_union') return findingsOfUnion(issue, path);
  return [{ path, message: named(issue.message, path) }];
}

/** A key that is not there, or has nothing behind it, is named: its line shows only where it should have been. */
function named(message: string, path: Path): string {
  if (path.length === 0) return message;
  if (message.startsWith(MISSING)) return `${showPath(path)} is ${message}`;
  return message.startsWith(NO_VALUE) ? `${showPath(path)} has ${message}` : message;
}

/**
 * Of a union, the faults of the alternative that the author had in mind: the one whose own kind (text, list,
 * mapping) fits, so that something deeper, or something about the value, is what is wrong.
 */
function findingsOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): Finding[] {
  const meant = issue.errors.find((issues) => issues.length > 0 && !issues.some(isOfAnotherKind));
  return meant === undefined ? [{ path, message: named(issue.message, path) }] : findingsOf(meant, path);
}

const isOfAnotherKind = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');

const step = (part: PropertyKey): string | number => (typeof part === 'symbol' ? String(part) : part);
