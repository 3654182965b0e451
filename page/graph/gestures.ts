import type { Point } from './camera.ts';

/** What people do with pointers and keys; points and ways are in pixels of the element. */
export interface Gestures {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at?: Point): void;
  fit(): void;
  /** The pointer is here, or has left. */
  point(at: Point | undefined): void;
  /** A click or a tap. */
  pick(at: Point): void;
  step(by: 1 | -1): void;
  select(circle: undefined): void;
}

/** A pointer that moved less (pixels) between down and up has clicked. */
const CLICK_PX = 4;
/** Of a wheel that turns lines, and one that turns pages. @see https://developer.mozilla.org/docs/Web/API/WheelEvent/deltaMode */
const WHEEL_PX = [1, 16, 400] as const;
const WHEEL_SPEED = 0.002;
/** A browser sends a pinch on a trackpad as a turn of the wheel with Ctrl, in smaller steps. */
const PINCH_SPEED = 0.01;
const KEY_ZOOM = 1.4;
const DOUBLE_CLICK_ZOOM = 2;
const KEY_PAN_PX = 60;

/** Listens until the signal aborts. */
export function listen(element: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  const held = new Map<number, Point>();
  let moved = 0;
  const placeOf = ({ offsetX: x, offsetY: y }: MouseEvent): Point => ({ x, y });
  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      held.set(event.pointerId, placeOf(event));
      if (held.size === 1) moved = 0;
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const [at, before] = [placeOf(event), held.get(event.pointerId)];
      if (before === undefined) {
        gestures.point(at);
        return;
      }
      moved += Math.hypot(at.x - before.x, at.y - before.y);
      drag(held, event.pointerId, at, gestures);
    },
    { signal },
  );
  const release = (event: PointerEvent): void => {
    if (!held.delete(event.pointerId) || event.type !== 'pointerup') return;
    if (held.size === 0 && moved < CLICK_PX) gestures.pick(placeOf(event));
  };
  element.addEventListener('pointerup', release, { signal });
  element.addEventListener('pointercancel', release, { signal });
  element.addEventListener('pointerleave', () => gestures.point(undefined), { signal });
  element.addEventListener('dblclick', (event) => gestures.zoom(DOUBLE_CLICK_ZOOM, placeOf(event)), {
    signal,
  });
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const speed = event.ctrlKey ? PINCH_SPEED : WHEEL_SPEED;
      const turned = event.deltaY * (WHEEL_PX[event.deltaMode] ?? 1);
      gestures.zoom(Math.exp(-turned * speed), placeOf(event));
    },
    { signal, passive: false },
  );
  element.addEventListener('keydown', (event) => onKey(event, gestures), { signal });
}

/** One finger moves the picture; two also zoom it. */
function drag(held: Map<number, Point>, id: number, at: Point, gestures: Gestures): void {
  const before = held.get(id);
  const other = [...held].find(([key]) => key !== id)?.[1];
  held.set(id, at);
  if (before === undefined) return;
  const fingers = other === undefined ? 1 : 2;
  gestures.pan((at.x - before.x) / fingers, (at.y - before.y) / fingers);
  if (other === undefined) return;
  const [was, is] = [before, at].map(({ x, y }) => Math.max(1, Math.hypot(x - other.x, y - other.y)));
  if (was === undefined || is === undefined) return;
  gestures.zoom(is / was, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
}

function onKey(event: KeyboardEvent, gestures: Gestures): void {
  // The browser's own.
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = actionOf(event.key, gestures);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function actionOf(key: string, gestures: Gestures): (() => void) | undefined {
  switch (key) {
    case 'ArrowLeft':
      return () => gestures.pan(KEY_PAN_PX, 0);
    case 'ArrowRight':
      return () => gestures.pan(-KEY_PAN_PX, 0);
    case 'ArrowUp':
      return () => gestures.pan(0, KEY_PAN_PX);
    case 'ArrowDown':
      return () => gestures.pan(0, -KEY_PAN_PX);
    case '+':
    case '=':
      return () => gestures.zoom(KEY_ZOOM);
    case '-':
      return () => gestures.zoom(1 / KEY_ZOOM);
    case '0':
      return () => gestures.fit();
    case 'n':
      return () => gestures.step(1);
    case 'p':
      return () => gestures.step(-1);
    case 'Escape':
      return () => gestures.select(undefined);
    default:
      return undefined;
  }
}
