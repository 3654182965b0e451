import type { Browser } from 'playwright-core';
import { inBrowser, launch, seriousFaults, watch } from './support/browser.ts';

inBrowser('what watches over pages', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('finds a picture without words, also where the page allows no script', async () => {
    const page = await browser.newPage();
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">`;
    await page.setContent(`<html lang="en"><head>${policy}<title>x</title></head>
      <body><main><h1>x</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main></body></html>`);

    expect(await seriousFaults(page)).toEqual([expect.stringMatching(/^image-alt: /)]);
    await page.close();
  });

  it('finds nothing where nothing is wrong', async () => {
    const page = await browser.newPage();
    await page.setContent('<html lang="en"><title>x</title><main><h1>x</h1></main></html>');

    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });

  it('sees what a page asks others for, and what its policy refuses', async () => {
    const page = await browser.newPage();
    const watched = watch(page);
    await page.setContent(
      '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'"><img src="http://127.0.0.1:9/x"><script>1</script>',
    );

    expect(watched.requests).toContain('http://127.0.0.1:9/x');
    expect(watched.errors.join('\n')).toContain('Content Security Policy');
    await page.close();
  });
});
