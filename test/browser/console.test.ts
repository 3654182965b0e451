import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { sandboxSource } from '../../cli/console/sandbox-source.ts';
import { bundlePage } from '../../console/bundle-page.ts';
import { serveConsole } from '../../console/server.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { HERE } from '../support/run-cli.ts';
import { inBrowser, launch, seriousFaults, watch, type Watched } from './support/browser.ts';

const SPEED = 60;
const TIMEOUT_MS = 90_000;
const POLICY = readFileSync('demo/policy.yaml', 'utf8').replace(
  'accepter: shared }',
  'accepter: shared, approval: required }',
);
const VIEWS = ['', 'peerings', 'requests', 'check', 'policy', 'feed', 'sandbox'] as const;

/** A sandbox in real time, with its console. */
async function aConsole() {
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const box = await startSandbox({
    world: { kind: 'demo' },
    policy: POLICY,
    regions: ['eu-west-1', 'us-east-1'],
    seed: 1,
    speed: SPEED,
    port: 0,
    onFault,
  });
  if (box.kind !== 'started') throw new Error('the sandbox does not start');
  const quiet = { write: () => undefined };
  const readFile = () => Promise.reject(new Error('no file is read'));
  const io = { ...HERE, stdout: quiet, stderr: quiet, color: false, readFile };
  const source = sandboxSource(box.sandbox, box.url, io);
  const page = bundlePage('.');
  const console = await serveConsole({ port: 0, page: () => page, source, onFault });
  const stop = async (): Promise<void> => {
    await console.close();
    await box.stop();
  };
  return { url: console.url, faults, stop };
}

inBrowser('the console', () => {
  let [browser, box]: [Browser | undefined, Awaited<ReturnType<typeof aConsole>> | undefined] = [
    undefined,
    undefined,
  ];

  beforeAll(async () => {
    [browser, box] = [await launch(), await aConsole()];
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    await box?.stop();
  });

  async function open(width: number, colorScheme: 'light' | 'dark'): Promise<readonly [Page, Watched]> {
    if (browser === undefined || box === undefined) throw new Error('nothing was started');
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const watched = watch(page);
    await page.goto(box.url);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    return [page, watched];
  }

  const go = (page: Page, view: string): Promise<void> =>
    page.evaluate(`location.hash = '#/${view}'; undefined`);

  it(
    'plays: ask, wait, approve, connect, check, break a route, mend it, delete',
    async () => {
      const [page, watched] = await open(1280, 'light');
      expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/$/);

      await go(page, 'sandbox');
      const form = page.getByRole('form', { name: 'Ask for a peering' });
      await form.waitFor();
      const option = async (name: RegExp): Promise<string> =>
        (await form
          .locator('select[name=from] option')
          .filter({ hasText: name })
          .first()
          .getAttribute('value')) ?? '';
      await form.locator('select[name=from]').selectOption(await option(/ web /));
      await form.locator('select[name=to]').selectOption(await option(/ services /));
      await form.getByRole('button', { name: 'Ask' }).click();
      await page.getByText(/Done\. pcx-/).waitFor();
      const id = /pcx-\w+/.exec((await page.locator('[data-test=done]').textContent()) ?? '')?.[0] ?? '';

      await go(page, '');
      await page.locator('[data-test=waiting]').filter({ hasText: '1' }).waitFor();
      await page.getByRole('link', { name: /requests wait/ }).click();
      const request = page.getByRole('region', { name: `Request ${id}` });
      await request.getByLabel(/Reason/).fill('change 4711');
      await request.getByRole('button', { name: 'Approve' }).click();
      await page
        .locator('[data-test=said]')
        .filter({ hasText: 'approved; autopeer looks at it now' })
        .waitFor();

      await go(page, 'peerings?state=active');
      await page.getByRole('link', { name: id }).click();
      await page.locator('[data-test=state]').filter({ hasText: 'active' }).waitFor();
      await page.getByText('change 4711').waitFor();
      const deletes = page.getByRole('button', { name: /^Delete the route to/ });
      await deletes.first().waitFor();
      await page.locator('[data-test=steps]').waitFor({ state: 'detached' });

      const count = await deletes.count();
      const atSpeed = async (speed: string): Promise<void> => {
        const peering = new URL(page.url()).hash.slice('#/'.length);
        await go(page, 'sandbox');
        await page.getByRole('button', { name: `× ${speed}`, exact: true }).click();
        await page.getByText(`${speed} virtual`).waitFor();
        await go(page, peering);
        await deletes.first().waitFor();
      };
      // In real time, so that it is seen before it is mended.
      await atSpeed('1');
      await deletes.first().click();
      // autopeer hears of it by CloudTrail, and writes it again.
      await page.locator('[data-test=steps]').waitFor();
      await atSpeed('60');
      await page.locator('[data-test=steps]').waitFor({ state: 'detached' });
      expect(await deletes.count()).toBe(count);

      await page.getByRole('link', { name: /Check whether/ }).click();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.locator('[data-test=verdict]').waitFor();
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(5);

      await page.goBack();
      await page.getByRole('button', { name: /^Delete the peering/ }).click();
      await page.locator('[data-test=state]').filter({ hasText: 'deleted' }).waitFor();
      await go(page, 'feed?find=DeleteVpcPeeringConnection');
      await page.locator('.feed li').first().waitFor();

      expect(watched.errors).toEqual([]);
      expect(
        new Set(watched.requests.filter((url) => url.startsWith('http')).map((url) => new URL(url).origin))
          .size,
      ).toBe(1);
      expect(box?.faults).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'says what a change of the policy would do, and what is wrong with it',
    async () => {
      const [page] = await open(1280, 'light');
      await go(page, 'policy');
      const editor = page.getByLabel('The policy');
      const change = page.locator('[data-test=change]');
      await change.filter({ hasText: 'Nothing.' }).waitFor();
      expect(await editor.inputValue()).toBe(POLICY);
      await editor.fill(
        POLICY.replace('requester: apps, accepter: shared', 'requester: shared, accepter: apps'),
      );
      await change.filter({ hasText: /pairs: \w+/ }).waitFor();
      await editor.fill(POLICY.replace('version: 1', 'version: 9'));
      await change.filter({ hasText: /:\d+:\d+: / }).waitFor();
    },
    TIMEOUT_MS,
  );

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'has nothing serious against it at %i pixels, %s',
    async (width, colors) => {
      const [page, watched] = await open(width, colors);
      for (const view of VIEWS) {
        await go(page, view);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByText('Reading…').first().waitFor({ state: 'detached' });
        expect([view, await seriousFaults(page)]).toEqual([view, []]);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([view, overflow]).toEqual([view, 0]);
      }
      expect(watched.errors).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
