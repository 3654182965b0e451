import type { Region } from '../../shared/domain/facts/ids.ts';
import type { ReadPlatform } from '../member-reads.ts';
import type { Ask } from '../questions.ts';
import type { CallerOptions } from './caller.ts';

export interface RequestOptions extends CallerOptions {
  readonly from: string;
  readonly to: string;
  readonly region?: Region;
  readonly toRegion?: Region;
  readonly policy: string;
  readonly snapshot?: string;
  readonly roleName: string;
  readonly name?: string;
  readonly tag: Readonly<Record<string, string>>;
  readonly plan: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** In minutes. */
  readonly timeout?: number;
  readonly output: 'text' | 'json';
}

/** What the command takes from outside: a test gives it a simulated AWS. */
export interface RequestPlatform {
  /** Reads both sides. */
  readonly reads: ReadPlatform;
  /** Makes the request. */
  readonly caller: ReadPlatform;
  readonly ask: Ask | undefined;
}
