import type { Region } from '../../shared/domain/facts/ids.ts';
import type { ReadPlatform } from '../member-reads.ts';
import type { Ask } from '../questions.ts';
import type { CallerOptions } from './caller.ts';
import type { RequestFormat } from './formats.ts';

export interface RequestOptions extends CallerOptions {
  /** Asked for on a terminal if left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly region?: Region;
  readonly toRegion?: Region;
  readonly policy: string;
  readonly snapshot?: string;
  readonly roleName: string;
  readonly name?: string;
  readonly tag: Readonly<Record<string, string>>;
  readonly plan: boolean;
  /** Print it as this in place of asking AWS. */
  readonly format?: RequestFormat;
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
