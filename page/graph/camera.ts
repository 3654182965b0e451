import { PICTURE_SIZE } from '../../analysis/graph/picture.ts';

/** Which part of the picture is seen: the point in the middle of the screen, and pixels for each of the picture's units. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A little room around the whole picture. */
const FIT = 0.96;
const ZOOM_MIN = 0.5;
const ZOOM_MAX = 400;

const fitScale = ({ width, height }: Size): number =>
  (FIT * Math.max(1, Math.min(width, height))) / PICTURE_SIZE;

/** The whole picture. */
export const fitted = (size: Size): Camera => ({
  x: PICTURE_SIZE / 2,
  y: PICTURE_SIZE / 2,
  scale: fitScale(size),
});

/** How far it is zoomed in: 1 is the whole picture. */
export const zoomOf = ({ scale }: Camera, size: Size): number => scale / fitScale(size);

export const toWorld = ({ x, y, scale }: Camera, { width, height }: Size, at: Point): Point => ({
  x: x + (at.x - width / 2) / scale,
  y: y + (at.y - height / 2) / scale,
});

/** Moves what is seen by so many pixels; something of the picture stays in view. */
export function panned({ x, y, scale }: Camera, dx: number, dy: number): Camera {
  return { x: within(x - dx / scale), y: within(y - dy / scale), scale };
}

const within = (value: number): number => Math.min(Math.max(value, 0), PICTURE_SIZE);

/** Zooms by a factor; what is below `at` (pixels) stays there. */
export function zoomedAt(camera: Camera, size: Size, factor: number, at: Point): Camera {
  const fit = fitScale(size);
  const scale = Math.min(Math.max(camera.scale * factor, fit * ZOOM_MIN), fit * ZOOM_MAX);
  const point = toWorld(camera, size, at);
  return {
    x: within(point.x - (at.x - size.width / 2) / scale),
    y: within(point.y - (at.y - size.height / 2) / scale),
    scale,
  };
}

/** A circle in the middle, with its neighbourhood. */
export function focused(size: Size, { x, y, r }: Point & { readonly r: number }): Camera {
  const fit = fitScale(size);
  const wanted = Math.min(size.width, size.height) / (NEIGHBOURHOOD * Math.max(r, 0.01));
  return { x, y, scale: Math.min(Math.max(wanted, fit), fit * ZOOM_MAX) };
}

/** The screen's shorter side, in radii of the circle that is looked at. */
const NEIGHBOURHOOD = 12;
