import type { Circle, Line } from '../../analysis/graph/picture.ts';
import { byId, button, counted, make } from './elements.ts';
import { linesIn, type Scene } from './scene.ts';

/** Rows on the page at once: thousands take a browser seconds. */
const ROWS = 50;

/** The peerings as a table: for screen readers, for searching, for paper. */
export class Table {
  readonly #caption = byId('caption', HTMLTableCaptionElement);
  readonly #rows = byId('rows', HTMLTableSectionElement);
  readonly #goTo: (circle: number) => void;
  #scene: Scene;
  #shown: readonly Line[] = [];
  #start = 0;

  constructor(scene: Scene, goTo: (circle: number) => void) {
    this.#scene = scene;
    this.#goTo = goTo;
    byId('earlier', HTMLButtonElement).addEventListener('click', () => this.#turn(-ROWS));
    byId('later', HTMLButtonElement).addEventListener('click', () => this.#turn(ROWS));
  }

  /** Those of a circle, or all; of them those with the words somewhere in their row. */
  show(scene: Scene, selected: number | undefined, words: string): void {
    this.#scene = scene;
    const { lines, circles } = scene.picture;
    const own = selected === undefined ? lines : linesIn(scene, selected).flatMap((at) => lines[at] ?? []);
    const wanted = words.trim().toLowerCase();
    this.#shown =
      wanted === '' ? own : own.filter((line) => textOf(line, circles).toLowerCase().includes(wanted));
    this.#start = 0;
    this.#write(selected === undefined ? '' : ` of ${circles[selected]?.name ?? ''}`);
  }

  #turn(by: number): void {
    this.#start = Math.min(Math.max(0, this.#start + by), Math.max(0, this.#shown.length - 1));
    this.#write();
  }

  #write(ofWhat?: string): void {
    const { circles } = this.#scene.picture;
    const page = this.#shown.slice(this.#start, this.#start + ROWS);
    if (ofWhat !== undefined) this.#rows.dataset['of'] = ofWhat;
    const range = page.length === 0 ? 'none' : `${this.#start + 1} to ${this.#start + page.length}`;
    this.#caption.textContent = `${counted(this.#shown.length, 'peering')}${this.#rows.dataset['of'] ?? ''}, shown: ${range}`;
    this.#rows.replaceChildren(...page.map((line) => this.#row(line, circles)));
    byId('earlier', HTMLButtonElement).disabled = this.#start === 0;
    byId('later', HTMLButtonElement).disabled = this.#start + ROWS >= this.#shown.length;
  }

  #row(line: Line, circles: readonly Circle[]): HTMLTableRowElement {
    const heading = make('th', line.id);
    heading.scope = 'row';
    const ends = [line.from, line.to].map((end) => {
      const circle = circles[end];
      const account = circles[circle?.parent ?? -1];
      return make(
        'td',
        button(circle?.name ?? '', () => this.#goTo(end)),
        ` ${account?.name ?? ''}, ${circle?.region ?? ''}`,
      );
    });
    return make('tr', heading, make('td', stateOf(line)), ...ends, make('td', ruleOf(line)));
  }
}

const stateOf = ({ state, withoutRoute = [] }: Line): string =>
  withoutRoute.length === 0 ? state : `${state}, no route of the ${withoutRoute.join(' and ')}`;

const ruleOf = ({ decision, rule }: Line): string =>
  [decision, rule && `by ${rule}`].filter(Boolean).join(' ');

function textOf(line: Line, circles: readonly Circle[]): string {
  const ends = [line.from, line.to].flatMap((end) => {
    const circle = circles[end];
    const account = circles[circle?.parent ?? -1];
    return [circle?.id, circle?.name, circle?.region, circle?.cidrs?.join(' '), account?.id, account?.name];
  });
  return [line.id, stateOf(line), ruleOf(line), ...ends].join(' ');
}
