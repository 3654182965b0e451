import type { Circle } from '../../analysis/graph/picture.ts';
import { seemingFrom } from '../../analysis/graph/reach.ts';
import { button, counted, make } from './elements.ts';
import { isWay, linesIn, within, type Scene } from './scene.ts';

/** So many of a list are written out. */
const LISTED_MAX = 60;

/** What is known of a circle, for people. `goTo` is called for those they choose in it. */
export function detailsOf(scene: Scene, index: number, goTo: (circle: number) => void): readonly Node[] {
  const circle = scene.picture.circles[index];
  if (circle === undefined) return [];
  return [
    make('h2', circle.name),
    make('p', placeOf(scene, circle)),
    ...(circle.note === undefined ? [] : [make('p', circle.note)]),
    ...(circle.kind === 'vpc' ? vpcDetails(scene, index, goTo) : boxDetails(scene, index)),
  ];
}

function placeOf({ picture }: Scene, { kind, id, name, region, cidrs = [], parent }: Circle): string {
  const around: string[] = [];
  for (let up = picture.circles[parent]; up !== undefined; up = picture.circles[up.parent]) {
    if (up.kind !== 'organization') around.unshift(up.name);
  }
  const own = kind === 'ou' ? `OU ${id}` : kind === 'account' ? `account ${id}` : id;
  const parts = [name === id && kind === 'vpc' ? '' : own, around.join(' / '), region, cidrs.join(', ')];
  return parts.filter(Boolean).join(' · ');
}

function vpcDetails(scene: Scene, index: number, goTo: (circle: number) => void): readonly Node[] {
  const { circles, lines } = scene.picture;
  const link = (circle: number): HTMLElement => button(nameOf(circles[circle]), () => goTo(circle));
  const reached = (scene.reached[index] ?? []).map((circle) => [link(circle)]);
  const seeming = seemingFrom(index, scene.reached).map(({ place, via }) => [
    link(place),
    ` via ${via
      .slice(0, VIAS_MAX)
      .map((one) => nameOf(circles[one]))
      .join(', ')}${via.length > VIAS_MAX ? ' and others' : ''}`,
  ]);
  const shut = (scene.linesOf[index] ?? []).flatMap((at) => {
    const line = lines[at];
    if (line === undefined || isWay(line)) return [];
    const other = line.from === index ? line.to : line.from;
    const sides = (line.withoutRoute ?? []).join(' and ');
    return [
      [link(other), ` ${line.id}: ${line.state === 'active' ? `no route of the ${sides}` : line.state}`],
    ];
  });
  return [
    ...listOf(`Reaches ${counted(reached.length, 'VPC')}`, reached),
    ...listOf(`Seems to reach ${counted(seeming.length, 'VPC')}, and does not`, seeming, NOT_TRANSITIVE),
    ...(shut.length > 0 ? listOf(`${counted(shut.length, 'peering')} nothing gets through`, shut) : []),
  ];
}

const VIAS_MAX = 3;
const NOT_TRANSITIVE =
  'They are peered with a VPC that this one is peered with. Peering is not transitive: no route changes that. A peering of their own does.';

function listOf(
  title: string,
  entries: readonly (readonly (string | Node)[])[],
  words = '',
): readonly Node[] {
  const list = make('ul', ...entries.slice(0, LISTED_MAX).map((entry) => make('li', ...entry)));
  const more = entries.length - LISTED_MAX;
  return [
    make('h3', title),
    ...(words !== '' && entries.length > 0 ? [make('p', words)] : []),
    ...(entries.length > 0 ? [list] : []),
    ...(more > 0 ? [make('p', `and ${more} more`)] : []),
  ];
}

function boxDetails(scene: Scene, index: number): readonly Node[] {
  const inside = new Set(within(scene, index));
  const vpcs = [...inside].filter((one) => scene.picture.circles[one]?.kind === 'vpc');
  const lines = linesIn(scene, index).flatMap((at) => scene.picture.lines[at] ?? []);
  const own = lines.filter(({ from, to }) => inside.has(from) && inside.has(to));
  return [
    make(
      'p',
      `${counted(vpcs.length, 'VPC')}; ${counted(own.length, 'peering')} within, ${lines.length - own.length} with others`,
    ),
  ];
}

const nameOf = (circle: Circle | undefined): string => circle?.name ?? '';
