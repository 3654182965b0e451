import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pictureOf } from '../../analysis/graph/layout.ts';
import { graphOf } from '../../analysis/graph/model.ts';
import { organization, SNAPSHOT } from '../support/organizations.ts';
import { runCli } from '../support/run-cli.ts';
import { inBrowser, launch, seriousFaults, watch } from './support/browser.ts';

const [A, B, C] = SNAPSHOT.vpcs.map(({ id, accountId, region }) => ({ vpcId: id, accountId, region }));
const peering = (number: number, requester: typeof A, accepter: typeof A, state = 'active') => ({
  id: `pcx-0000000${number}`,
  state,
  requester,
  accepter,
});
/** vpc-00000011 – vpc-00000012 – vpc-00000013, and a stranger. */
const CHAIN = {
  ...SNAPSHOT,
  peerings: [
    ...SNAPSHOT.peerings,
    peering(2, A, B),
    peering(3, B, C),
    peering(4, C, A, 'pending-acceptance'),
  ],
};
/** What would be seen in the page, or heard by its watch, if a name were markup or code. */
const HOSTILE = [
  '</script><script>document.title = "taken"</script>',
  '<img src=x onerror="document.title = 1">',
  '"><svg onload=alert(1)>',
  '${alert(1)} {{alert(1)}} \\u003cb>',
  '\u202egnp.exe\u0000\u2028',
];

inBrowser('the page of autopeer graph', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await launch();
    folder = mkdtempSync(join(tmpdir(), 'autopeer-graph-'));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(snapshot: unknown = CHAIN, options: BrowserContextOptions = {}, hash = '') {
    const out = join(folder, 'peerings.html');
    const made = await runCli(['graph', '--snapshot', 'o.json', '--all', '--out', out], {
      'o.json': JSON.stringify(snapshot),
    });
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const page = await browser.newPage(options);
    const watched = watch(page);
    await page.goto(`${pathToFileURL(out).href}${hash}`);
    return { page, watched, canvas: page.locator('#canvas'), details: page.locator('#details') };
  }

  /** What is on the canvas, once it is painted. */
  const pixels = async (page: Page): Promise<string> => {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    return await page.evaluate<string>('document.getElementById("canvas").toDataURL()');
  };

  it.each(['light', 'dark'] as const)(
    'asks for nothing, breaks no rule, and is for everybody: %s',
    async (colorScheme) => {
      const { page, watched } = await open(CHAIN, { colorScheme });

      expect(await page.locator('#summary').textContent()).toBe(
        '5 VPCs, 4 peerings, read at 2026-11-20T06:00:00Z',
      );
      expect(await seriousFaults(page)).toEqual([]);
      await page.fill('#search', 'vpc');
      await page.locator('#results button').first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.press('#search', 'Enter');
      expect(await seriousFaults(page)).toEqual([]);
      expect(watched).toEqual({ requests: [expect.stringMatching(/^file:/)], errors: [] });
      await page.close();
    },
  );

  it('allows no script and no style but its own', async () => {
    const { page, watched } = await open();
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('style'), { textContent: '*{}' }))`,
    );
    await expect(page.evaluate(`document.body.innerHTML = '<b>x</b>'`)).rejects.toThrow(/TrustedHTML/);
    await expect(page.evaluate(`fetch('http://127.0.0.1:9/')`)).rejects.toThrow(/fetch/);

    expect(watched.errors.join('\n')).toMatch(/style-src/);
    await page.close();
  });

  it.each(HOSTILE)('shows %j as words', async (name) => {
    const { page, watched, details } = await open({
      ...CHAIN,
      accounts: CHAIN.accounts.map((account) => ({ ...account, name })),
      ous: CHAIN.ous.map((ou) => ({ ...ou, name })),
      vpcs: CHAIN.vpcs.map((vpc) => ({ ...vpc, tags: { Name: `${vpc.id} ${name}` } })),
    });
    await page.fill('#search', 'vpc-00000011');
    await page.press('#search', 'Enter');

    expect(await details.locator('h2').textContent()).toContain(name.slice(0, 8).replace('\u202e', '\uFFFD'));
    expect(await page.title()).toBe('Peerings');
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img, svg').count()).toBe(0);
    expect(watched.errors).toEqual([]);
    await page.close();
  });

  it('says what a VPC reaches, and what it only seems to reach', async () => {
    const { page, details } = await open();
    await page.fill('#search', 'vpc-00000011');
    await page.press('#search', 'Enter');

    const words = await details.innerText();
    expect(words).toMatch(
      /Reaches 2 VPCs\s+vpc-00000012\s+vpc-00000099|Reaches 2 VPCs\s+vpc-00000099\s+vpc-00000012/,
    );
    expect(words).toMatch(/Seems to reach 1 VPC, and does not[^]*vpc-00000013 via vpc-00000012/);
    expect(words).toMatch(/1 peering nothing gets through\s+vpc-00000013 pcx-00000004: pending-acceptance/);
    await details.getByRole('button', { name: 'vpc-00000012' }).click();
    expect(await details.locator('h2').textContent()).toBe('vpc-00000012');
    await page.close();
  });

  it('says so when the pointer is on a VPC, and until it leaves', async () => {
    const { page, canvas, details } = await open(CHAIN, {}, '#vpc-00000013');
    await page.waitForFunction(`document.querySelector('#details h2')?.textContent === 'vpc-00000013'`);
    const usual = await pixels(page);
    await canvas.press('Escape');
    expect(await pixels(page)).not.toBe(usual);
    expect(await details.innerText()).toContain('Point at a VPC');
    // The link brought it into the middle.
    await canvas.hover();
    expect(await details.locator('h2').textContent()).toBe('vpc-00000013');
    expect(await pixels(page)).toBe(usual);
    await page.mouse.move(5, 5);
    expect(await details.innerText()).toContain('Point at a VPC');
    await canvas.click();
    await page.mouse.move(5, 5);
    expect(await details.locator('h2').textContent()).toBe('vpc-00000013');
    expect(page.url()).toMatch(/#vpc-00000013$/);
    await page.close();
  });

  it('is moved by pointer, wheel and keys', async () => {
    const { page, canvas } = await open();
    const whole = await pixels(page);
    const seen = new Set([whole]);
    const expectAnother = async (): Promise<void> => {
      const now = await pixels(page);
      expect(seen.has(now)).toBe(false);
      seen.add(now);
    };
    for (const key of ['ArrowLeft', 'ArrowUp', '+', 'n', 'n', 'Escape']) {
      await canvas.press(key);
      await expectAnother();
    }
    await canvas.press('0');
    expect(await pixels(page)).toBe(whole);
    await canvas.hover({ position: { x: 3, y: 3 } });
    await page.mouse.wheel(0, -300);
    await expectAnother();
    await page.mouse.down();
    await page.mouse.move(200, 200, { steps: 4 });
    await page.mouse.up();
    await expectAnother();
    await page.getByRole('button', { name: 'All' }).click();
    await page.mouse.move(640, 8);
    expect(await pixels(page)).toBe(whole);
    await page.close();
  });

  it('is coloured by state, rule or region, and hides what is not wanted', async () => {
    const { page } = await open();
    const legend = page.locator('#legend label');
    const labels = await legend.allInnerTexts();
    expect(labels.map((label) => label.trim())).toEqual(['pending-acceptance (1)', 'active (3)']);
    const usual = await pixels(page);
    await page.getByLabel('active (3)').uncheck();
    expect(await pixels(page)).not.toBe(usual);
    await page.selectOption('#color', 'region');
    expect((await legend.allInnerTexts()).join(' ')).toMatch(/eu-west-1.*between regions/s);
    await page.close();
  });

  it('has all of it as a table, which the search narrows', async () => {
    const { page } = await open();
    const rows = page.locator('#rows tr');
    expect(await rows.count()).toBe(4);
    expect(await rows.first().innerText()).toMatch(
      /pcx-00000001\s+active\s+vpc-00000099 999900001111, eu-west-1/,
    );
    await page.fill('#search', 'pending');
    expect(await rows.count()).toBe(1);
    expect(await page.locator('caption').innerText()).toBe('1 peering, shown: 1 to 1');
    await rows.getByRole('button', { name: 'vpc-00000013' }).click();
    expect(await page.locator('caption').innerText()).toBe('2 peerings of vpc-00000013, shown: 1 to 2');
    await page.close();
  });

  it('turns the pages of a long table', async () => {
    const peerings = Array.from({ length: 120 }, (_, index) => ({
      ...peering(0, A, B),
      id: `pcx-${String(index).padStart(17, '0')}`,
    }));
    const { page } = await open({ ...CHAIN, peerings });
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByRole('button', { name: 'Later' }).click();
    expect(await page.locator('caption').innerText()).toBe('120 peerings, shown: 101 to 120');
    expect(await page.getByRole('button', { name: 'Later' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Earlier' }).click();
    expect(await page.locator('caption').innerText()).toBe('120 peerings, shown: 51 to 100');
    await page.close();
  });

  it('fits a narrow screen', async () => {
    const { page } = await open(CHAIN, { viewport: { width: 390, height: 800 } });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await page.close();
  });

  it('is printed on white paper, finely, also by those who read in the dark', async () => {
    const { page, watched } = await open(CHAIN, { colorScheme: 'dark' });
    const width = 'document.getElementById("canvas").width';
    const dark = await pixels(page);
    const before = await page.evaluate<number>(width);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.evaluate<number>(width)).toBeGreaterThanOrEqual(3 * before - 3);
    const [red] = await page.evaluate<number[]>(
      '[...document.getElementById("canvas").getContext("2d").getImageData(1, 1, 1, 1).data]',
    );
    expect(red).toBe(255);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await pixels(page)).toBe(dark);
    expect((await page.pdf()).byteLength).toBeGreaterThan(1000);
    expect(watched.errors).toEqual([]);
    await page.close();
  });

  it('the drawing takes newer data, and keeps what is selected', async () => {
    const entry = join(folder, 'harness.ts');
    writeFileSync(
      entry,
      `import { Drawing } from ${JSON.stringify(join(process.cwd(), 'page/graph/drawing.ts'))};
       globalThis.Drawing = Drawing;`,
    );
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      logLevel: 'warning',
    });
    const whole = { account: undefined, vpc: undefined, withOver: false };
    const [before, after] = [[peering(1, A, B)], [peering(1, A, B), peering(2, A, C)]].map((peerings) =>
      JSON.stringify(pictureOf(graphOf(organization({ peerings }), undefined, whole))),
    );
    const page = await browser.newPage();
    await page.setContent('<canvas id="canvas" style="width: 400px; height: 300px"></canvas>');
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    await page.evaluate(`
      globalThis.drawing = new Drawing(document.getElementById('canvas'), ${before}, { onPoint() {}, onSelect() {} });
      drawing.select(drawing.scene.picture.circles.findIndex(({ id }) => id === 'vpc-00000012'));
    `);
    const first = await pixels(page);
    await page.evaluate(`drawing.update(${after})`);

    expect(await pixels(page)).not.toBe(first);
    expect(await page.evaluate('drawing.scene.picture.circles[drawing.selected].id')).toBe('vpc-00000012');
    await page.evaluate('drawing.close()');
    await page.close();
  });
});
