/** The page that `autopeer graph` writes: reads its data, and joins the drawing with what stands around it. */
import { detailsOf } from './details.ts';
import { Drawing } from './drawing.ts';
import { button, byId, counted, make } from './elements.ts';
import { COLOR_BY } from './palette.ts';
import { readPicture } from './read.ts';
import { search } from './search.ts';
import { Table } from './table.ts';

const picture = readPicture(byId('data', HTMLScriptElement).text);
const details = byId('details', HTMLElement);
const box = byId('search', HTMLInputElement);
const results = byId('results', HTMLUListElement);
const legend = byId('legend', HTMLFieldSetElement);
const hidden = new Set<string>();

const drawing = new Drawing(byId('canvas', HTMLCanvasElement), picture, {
  onPoint: (circle) => showDetails(circle ?? drawing.selected),
  onSelect: (circle) => {
    showDetails(circle);
    table.show(drawing.scene, circle, circle === undefined ? box.value : '');
    // For a link to what is selected; the page asks for nothing.
    const id = circle === undefined ? '' : picture.circles[circle]?.id;
    history.replaceState(null, '', `#${id ?? ''}`);
  },
});
const goTo = (circle: number): void => drawing.goTo(circle);
const table = new Table(drawing.scene, goTo);

function showDetails(circle: number | undefined): void {
  const words = make('p', 'Point at a VPC to see what it reaches. Click to keep it.');
  details.replaceChildren(...(circle === undefined ? [words] : detailsOf(drawing.scene, circle, goTo)));
}

function showResults(): void {
  const found = search(picture, box.value);
  results.replaceChildren(
    ...found.map((index) => {
      const { name = '', kind = '', id = '' } = picture.circles[index] ?? {};
      const entry = button(name === id ? `${kind} ${name}` : `${kind} ${name} (${id})`, () => {
        goTo(index);
        results.replaceChildren();
        byId('canvas', HTMLCanvasElement).focus();
      });
      return make('li', entry);
    }),
  );
  const words = box.value.trim();
  byId('found', HTMLElement).textContent =
    words === '' ? '' : found.length === 0 ? 'nothing found' : `${found.length} found`;
  if (drawing.selected === undefined) table.show(drawing.scene, undefined, words);
}

function showLegend(): void {
  const rows = drawing.coloring.categories.map(({ label, color, dash, count }) => {
    const tick = make('input');
    tick.type = 'checkbox';
    tick.checked = !hidden.has(label);
    tick.addEventListener('change', () => {
      if (tick.checked) hidden.delete(label);
      else hidden.add(label);
      drawing.hide(hidden);
    });
    const swatch = make('span');
    swatch.className = 'swatch';
    swatch.ariaHidden = 'true';
    swatch.style.setProperty('--light', color.light);
    swatch.style.setProperty('--dark', color.dark);
    swatch.style.borderTopStyle = dash.length === 0 ? 'solid' : dash[0] === 2 ? 'dotted' : 'dashed';
    return make('label', tick, swatch, ` ${label} (${count.toLocaleString('en')})`);
  });
  legend.replaceChildren(make('legend', 'Show'), ...rows);
}

const select = byId('color', HTMLSelectElement);
select.addEventListener('change', () => {
  const by = COLOR_BY.find((known) => known === select.value);
  if (by === undefined) return;
  hidden.clear();
  drawing.hide(hidden);
  drawing.colorBy(by);
  showLegend();
});
box.addEventListener('input', showResults);
box.addEventListener('keydown', (event) => {
  const [first] = search(picture, box.value);
  if (event.key === 'Escape') results.replaceChildren();
  if (event.key !== 'Enter' || first === undefined) return;
  goTo(first);
  results.replaceChildren();
});
byId('nearer', HTMLButtonElement).addEventListener('click', () => drawing.zoom(1.5));
byId('farther', HTMLButtonElement).addEventListener('click', () => drawing.zoom(1 / 1.5));
byId('whole', HTMLButtonElement).addEventListener('click', () => drawing.fit());
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  box.focus();
});

const vpcs = picture.circles.filter(({ kind }) => kind === 'vpc').length;
byId('summary', HTMLElement).textContent =
  `${counted(vpcs, 'VPC')}, ${counted(picture.lines.length, 'peering')}, read at ${picture.takenAt}`;
showLegend();
showDetails(undefined);
table.show(drawing.scene, undefined, '');
const linked = picture.circles.findIndex(({ id }) => location.hash !== '' && id === location.hash.slice(1));
if (linked >= 0) requestAnimationFrame(() => goTo(linked));
