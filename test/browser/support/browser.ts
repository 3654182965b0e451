import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { processEnv } from '../../../shared/settings.ts';

/** Debian's name first, then those of others. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'] as const;

/** The browser of this machine; nothing is downloaded. `CHROMIUM` names another. */
const CHROMIUM = findChromium();

/** `describe` where a Chromium is installed. Elsewhere the suite is skipped, and says so in its name. */
export const inBrowser = (name: string, tests: () => void): void => {
  if (CHROMIUM !== undefined) describe(name, tests);
  else describe.skip(`${name} (no Chromium is installed: apt-get install chromium)`, tests);
};

function findChromium(): string | undefined {
  const { PATH = '', CHROMIUM: named } = processEnv();
  const found = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(named === undefined ? [] : [named]), ...found].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error where {@link inBrowser} would skip */
export async function launch(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no Chromium is installed');
  // Chromium's own sandbox refuses to run as root, as in a container.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath: CHROMIUM, args });
}

/** What a page did that it should not have done; filled while it runs. */
export interface Watched {
  /** The addresses that it asked for, its own included. */
  readonly requests: string[];
  /** Errors of its scripts, and what its console calls errors: a breach of the Content-Security-Policy is one. */
  readonly errors: string[];
}

/** Call it before the page is opened. */
export function watch(page: Page): Watched {
  const watched: Watched = { requests: [], errors: [] };
  page.on('request', (request) => watched.requests.push(request.url()));
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text());
  });
  return watched;
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * What axe-core finds serious or critical in the page as it is now, a line each.
 *
 * @see https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#results-object
 */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  // Not as a script element: the page's Content-Security-Policy would refuse it.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html}: ${failureSummary}`),
    );
}
