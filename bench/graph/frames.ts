import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';

/** Script time of frames, in milliseconds. */
export interface FrameTimes {
  readonly what: string;
  readonly frames: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const VIEWPORT = { width: 1280, height: 800 };
const MIDDLE = { x: 460, y: 430 };
const STEPS = 120;

/** How near the picture is: turns of the wheel, 100 pixels each, about 1.2 times nearer. */
const NEARNESS = [
  ['all in view', 0],
  ['3 times nearer', 6],
  ['9 times nearer', 12],
  ['30 times nearer', 19],
] as const;

/** Pans the page at several zooms, as a person with a mouse does, and measures each frame by Chromium's own trace. */
export async function panning(browser: Browser, url: string): Promise<readonly FrameTimes[]> {
  const measured: FrameTimes[] = [];
  for (const [what, turns] of NEARNESS) {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(url);
    await page.mouse.move(MIDDLE.x, MIDDLE.y);
    for (let turn = 0; turn < turns; turn += 1) await page.mouse.wheel(0, -100);
    await settle(page);
    await browser.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'],
    });
    await page.mouse.down();
    for (let step = 0; step < STEPS; step += 1) {
      const angle = (step / STEPS) * 4 * Math.PI;
      await page.mouse.move(MIDDLE.x + 200 * Math.sin(angle), MIDDLE.y + 120 * Math.sin(angle / 2));
    }
    await page.mouse.up();
    await settle(page);
    const trace = await browser.stopTracing();
    measured.push({ what, ...statisticsOf(scriptTimes(trace.toString('utf8'))) });
    await page.close();
  }
  return measured;
}

const settle = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      ph: z.string(),
      ts: z.number(),
      /** Microseconds, as `ts`. */
      dur: z.number().optional(),
      /** Those of them in which the thread ran. */
      tdur: z.number().optional(),
      pid: z.number(),
      tid: z.number(),
    }),
  ),
});

/** What runs script; one may lie within another. */
const SCRIPT = new Set([
  'FunctionCall',
  'EvaluateScript',
  'FireAnimationFrame',
  'EventDispatch',
  'RunMicrotasks',
]);

/**
 * Script time from one painted frame to the next: all that ran on the page's main thread, garbage collection within it included.
 * It is the thread's own time: what other programs took of the machine meanwhile is not in it.
 *
 * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
function scriptTimes(trace: string): readonly number[] {
  const { traceEvents } = traceSchema.parse(JSON.parse(trace));
  const fired = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  const [first] = fired;
  if (first === undefined) throw new Error('the trace has no frame');
  const runs = traceEvents
    .filter(
      ({ name, ph, pid, tid }) => ph === 'X' && SCRIPT.has(name) && pid === first.pid && tid === first.tid,
    )
    .toSorted((one, other) => one.ts - other.ts);
  const starts = fired.map(({ ts }) => ts);
  const times = starts.map(() => 0);
  let [end, frame] = [0, 0];
  for (const { ts, dur = 0, tdur = dur } of runs) {
    // The outermost holds those within it.
    if (ts < end) continue;
    end = ts + dur;
    while (frame + 1 < starts.length && (starts[frame + 1] ?? Infinity) <= ts) frame += 1;
    times[frame] = (times[frame] ?? 0) + tdur / 1000;
  }
  return times;
}

function statisticsOf(times: readonly number[]): Omit<FrameTimes, 'what'> {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1));
  return { frames: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}
