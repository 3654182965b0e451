import type { Counter, LogEntry } from '../../shared/domain/work/log.ts';
import type { CreateHandler } from '../../shared/platform.ts';

/** A function as its template describes it. */
export interface FunctionConfig {
  readonly arn: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roleArn: string;
  /** The handler's file from the package's root, without extension: `handlers/intake`. */
  readonly handlerPath: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Loads what a handler's file exports. */
export type LoadHandler = (handlerPath: string) => Promise<{ readonly createHandler: CreateHandler }>;

/** What the functions of one package take from outside the simulation. */
export interface FunctionPackage {
  readonly loadHandler: LoadHandler;
  /** Reads a file of the package by its path from the root. */
  readonly readFile: (path: string) => string;
  readonly fetch: typeof globalThis.fetch;
}

/** How an invocation ended. */
export type InvocationResult =
  | { readonly kind: 'success'; readonly payload: unknown }
  | { readonly kind: 'failure'; readonly errorType: string; readonly errorMessage: string };

/** One run of a function; `result` is absent while it runs. */
export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly startedAtMs: number;
  readonly event: unknown;
  endedAtMs?: number;
  result?: InvocationResult;
}

export interface LogLine {
  readonly atMs: number;
  readonly functionName: string;
  readonly requestId: string;
  readonly entry: LogEntry;
}

export interface Count {
  readonly atMs: number;
  readonly functionName: string;
  readonly counter: Counter;
  readonly dimensions: Readonly<Record<string, string>>;
}
