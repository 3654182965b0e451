import type { Picture } from '../../analysis/graph/picture.ts';
import { levelsOf, type Levels } from './bundles.ts';
import { fitted, focused, panned, toWorld, zoomedAt, type Camera, type Point, type Size } from './camera.ts';
import { listen, type Gestures } from './gestures.ts';
import { paint } from './paint.ts';
import { coloringOf, type ColorBy, type Coloring } from './palette.ts';
import { circleAt, sceneOf, type Scene } from './scene.ts';
import { DARK, LIGHT } from './view.ts';

/** What a drawing tells those around it. A circle is its index in the picture. */
export interface DrawingEvents {
  /** The pointer is on another circle, or on none. */
  onPoint(circle: number | undefined): void;
  onSelect(circle: number | undefined): void;
}

/** More pixels than this for each CSS pixel cost time, and nobody sees them. */
const RATIO_MAX = 2;
/** For paper. */
const PRINT_RATIO = 3;

/**
 * A picture on a canvas, which people move, zoom and ask. It takes its size from the canvas's box.
 *
 * @example
 * ```ts
 * const drawing = new Drawing(canvas, picture, { onPoint: showDetails, onSelect: showDetails });
 * drawing.update(newer); // the camera stays, and the selection, where it is still there
 * ```
 */
export class Drawing implements Gestures {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #events: DrawingEvents;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #stop = new AbortController();
  readonly #resized: ResizeObserver;
  #scene: Scene;
  #coloring: Coloring;
  #levels: Levels = [];
  #by: ColorBy = 'state';
  #hidden: ReadonlySet<string> = new Set();
  #size: Size = { width: 1, height: 1 };
  #camera: Camera = fitted(this.#size);
  #isFitted = true;
  #pointed: number | undefined;
  #selected: number | undefined;
  #frame: number | undefined;

  constructor(canvas: HTMLCanvasElement, picture: Picture, events: DrawingEvents) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('this browser draws on no canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#events = events;
    this.#scene = sceneOf(picture);
    this.#coloring = coloringOf(picture, this.#by);
    this.#bundle();
    const { signal } = this.#stop;
    listen(canvas, this, signal);
    this.#dark.addEventListener('change', () => this.#redraw(), { signal });
    addEventListener('beforeprint', () => this.#paint(PRINT_RATIO), { signal });
    addEventListener('afterprint', () => this.#redraw(), { signal });
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(canvas);
    this.#resize();
  }

  get scene(): Scene {
    return this.#scene;
  }

  get coloring(): Coloring {
    return this.#coloring;
  }

  get selected(): number | undefined {
    return this.#selected;
  }

  /** Draws another picture in place of this one. */
  update(picture: Picture): void {
    const before = this.#selected === undefined ? undefined : this.#scene.picture.circles[this.#selected];
    this.#scene = sceneOf(picture);
    this.#pointed = undefined;
    const again = picture.circles.findIndex(({ kind, id }) => kind === before?.kind && id === before.id);
    this.#selected = again < 0 ? undefined : again;
    this.colorBy(this.#by);
  }

  colorBy(by: ColorBy): void {
    this.#by = by;
    this.#coloring = coloringOf(this.#scene.picture, by);
    this.#bundle();
  }

  /** Draws no line of these categories. */
  hide(labels: ReadonlySet<string>): void {
    this.#hidden = labels;
    this.#bundle();
  }

  select(circle: number | undefined): void {
    if (circle === this.#selected) return;
    this.#selected = circle;
    this.#events.onSelect(circle);
    this.#redraw();
  }

  /** Selects a circle, and brings it into the middle. */
  goTo(circle: number): void {
    const found = this.#scene.picture.circles[circle];
    if (found === undefined) return;
    this.select(circle);
    this.#look(focused(this.#size, found));
  }

  fit(): void {
    this.#look(fitted(this.#size));
    this.#isFitted = true;
  }

  pan(dx: number, dy: number): void {
    this.#look(panned(this.#camera, dx, dy));
  }

  zoom(factor: number, at: Point = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#look(zoomedAt(this.#camera, this.#size, factor, at));
  }

  point(at: Point | undefined): void {
    const found = at && this.#circleAt(at);
    // OUs are wide: a pointer on its way elsewhere would light them all the time.
    const circle = found !== undefined && this.#kindOf(found) !== 'ou' ? found : undefined;
    if (circle === this.#pointed) return;
    this.#pointed = circle;
    this.#events.onPoint(circle);
    this.#redraw();
  }

  pick(at: Point): void {
    this.select(this.#circleAt(at));
  }

  /** The next VPC, or the one before, in the order of the picture. */
  step(by: 1 | -1): void {
    const { circles } = this.#scene.picture;
    const count = circles.length;
    const start = this.#selected ?? (by === 1 ? -1 : count);
    for (let at = start + by, tried = 0; tried < count; at += by, tried += 1) {
      const index = ((at % count) + count) % count;
      if (circles[index]?.kind === 'vpc') return this.goTo(index);
    }
  }

  /** Forgets the canvas: nothing is drawn any more. */
  close(): void {
    this.#stop.abort();
    this.#resized.disconnect();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  /** The outermost circles are the ground. */
  #circleAt(at: Point): number | undefined {
    const found = circleAt(this.#scene, toWorld(this.#camera, this.#size, at));
    return found === undefined || this.#scene.roots.includes(found) ? undefined : found;
  }

  #kindOf(circle: number): string | undefined {
    return this.#scene.picture.circles[circle]?.kind;
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#isFitted = false;
    this.#redraw();
  }

  #bundle(): void {
    const { categories, ofLine } = this.#coloring;
    this.#levels = levelsOf(this.#scene, (line) => {
      const category = ofLine[line] ?? 0;
      return this.#hidden.has(categories[category]?.label ?? '') ? undefined : category;
    });
    this.#redraw();
  }

  #resize(): void {
    const { width, height } = this.#canvas.getBoundingClientRect();
    this.#size = { width, height };
    if (this.#isFitted) this.#camera = fitted(this.#size);
    this.#redraw();
  }

  /** At most once a frame. */
  #redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#paint(Math.min(devicePixelRatio, RATIO_MAX));
    });
  }

  #paint(ratio: number): void {
    const [width, height] = [Math.round(this.#size.width * ratio), Math.round(this.#size.height * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    paint(
      this.#context,
      {
        scene: this.#scene,
        levels: this.#levels,
        coloring: this.#coloring,
        camera: this.#camera,
        size: this.#size,
        lit: this.#pointed ?? this.#selected,
        // Paper is white.
        theme: this.#dark.matches && ratio !== PRINT_RATIO ? DARK : LIGHT,
      },
      ratio,
    );
  }
}
