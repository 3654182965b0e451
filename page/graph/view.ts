import type { Circle } from '../../analysis/graph/picture.ts';
import type { Levels } from './bundles.ts';
import type { Camera, Size } from './camera.ts';
import type { Coloring } from './palette.ts';
import type { Scene } from './scene.ts';

/** Everything that decides what is on the canvas. */
export interface View {
  readonly scene: Scene;
  readonly levels: Levels;
  readonly coloring: Coloring;
  readonly camera: Camera;
  /** In CSS pixels. */
  readonly size: Size;
  /** The circle that is pointed at, or selected. */
  readonly lit: number | undefined;
  readonly theme: Theme;
}

export interface Theme {
  readonly name: 'light' | 'dark';
  readonly paper: string;
  readonly ink: string;
  readonly shade: string;
  readonly vpc: string;
  readonly reached: string;
  readonly seeming: string;
}

export const LIGHT: Theme = {
  name: 'light',
  paper: '#ffffff',
  ink: '#1b1f24',
  shade: 'rgba(0, 0, 0, 0.045)',
  vpc: '#a9cbe4',
  reached: '#0072b2',
  seeming: '#b35c00',
};
export const DARK: Theme = {
  name: 'dark',
  paper: '#0d1117',
  ink: '#e6edf3',
  shade: 'rgba(255, 255, 255, 0.055)',
  vpc: '#2f5f84',
  reached: '#56b4e9',
  seeming: '#e69f00',
};

/** What of a canvas's context is used. */
export type Canvas = Pick<
  CanvasRenderingContext2D,
  | 'setTransform'
  | 'fillRect'
  | 'beginPath'
  | 'moveTo'
  | 'arc'
  | 'rect'
  | 'quadraticCurveTo'
  | 'fill'
  | 'stroke'
  | 'setLineDash'
  | 'fillText'
  | 'strokeText'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'lineJoin'
>;

/** From the picture to the screen. */
export interface Projection {
  readonly scale: number;
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
  /** Whether something of the circle is on the screen. */
  readonly sees: (circle: Circle | undefined) => circle is Circle;
}

export function projection({ camera, size }: View): Projection {
  const { scale } = camera;
  const [left, top] = [camera.x - size.width / 2 / scale, camera.y - size.height / 2 / scale];
  const [right, bottom] = [left + size.width / scale, top + size.height / scale];
  return {
    scale,
    x: (x) => (x - left) * scale,
    y: (y) => (y - top) * scale,
    sees: (circle): circle is Circle =>
      circle !== undefined &&
      circle.x + circle.r >= left &&
      circle.x - circle.r <= right &&
      circle.y + circle.r >= top &&
      circle.y - circle.r <= bottom,
  };
}
