import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { otherRole, type Role } from '../../shared/domain/facts/peering.ts';
import { type Partition, type SideClass, SideClassifier } from './classes.ts';
import type { Access, Outcome } from './outcome.ts';

/** Places in a list of sides that can be joined with a subject in the same way. */
export interface Join {
  /** Of a request by the requester's side. */
  readonly outcome: Outcome;
  /** What the same request the other way round comes to. */
  readonly reverse: Access;
  readonly places: readonly number[];
  /** Whether each of them can be joined with every place of the subject. */
  readonly isAll: boolean;
  /** The subject's places that any of them can be joined with. */
  readonly reached: ReadonlySet<number>;
  /** One of the pairs. */
  readonly example: Readonly<Record<Role, number>>;
}

interface Asked {
  readonly subjects: readonly number[];
  readonly others: readonly number[];
  /** The subject's. */
  readonly role: Role;
}

/** Finds what can be joined, class by class instead of pair by pair. What cannot be joined is left out. */
export function findJoins(
  policy: CompiledPolicy,
  sides: readonly PolicySide[],
  { subjects, others, role }: Asked,
): readonly Join[] {
  const classifier = new SideClassifier([policy]);
  const classes = classifier.classify(sides);
  const subjectKinds = kindsOf(subjects, classes);
  const isSubject = new Set(subjects);
  const joins = new JoinTable(role);
  for (const other of kindsOf(others, classes)) {
    for (const reach of reachesOf(other, subjectKinds, classifier, role)) {
      const reached = new Set(reach.kinds.flatMap(({ places }) => places));
      for (const place of other.places) {
        // A VPC is not joined with itself.
        const count = reached.size - (reached.has(place) ? 1 : 0);
        const all = subjects.length - (isSubject.has(place) ? 1 : 0);
        if (count > 0) joins.add(reach, place, reached, count === all);
      }
    }
  }
  return joins.list();
}

/** Places that are alike in both roles: they take the same part in every decision. */
interface Kind {
  readonly requester: SideClass;
  readonly accepter: SideClass;
  readonly places: number[];
}

function kindsOf(
  places: readonly number[],
  { requester, accepter }: Readonly<Record<Role, Partition>>,
): readonly Kind[] {
  const kinds = new Map<number, Kind>();
  for (const place of places) {
    const [one, other] = [requester.classOf[place], accepter.classOf[place]];
    if (one === undefined || other === undefined) throw new Error('every side has its classes');
    const key = one.id * accepter.classes.length + other.id;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { requester: one, accepter: other, places: [place] });
    else known.places.push(place);
  }
  return [...kinds.values()];
}

/** How one kind can be joined with some of the subject's. */
interface Reach {
  readonly outcome: Outcome;
  readonly reverse: Access;
  readonly kinds: Kind[];
}

function reachesOf(
  other: Kind,
  subjects: readonly Kind[],
  classifier: SideClassifier,
  role: Role,
): Iterable<Reach> {
  const decideAs = (subject: Kind, as: Role): Outcome =>
    as === 'accepter'
      ? classifier.decide(other.requester, subject.accepter, 0)
      : classifier.decide(subject.requester, other.accepter, 0);
  const reaches: Reach[] = [];
  for (const subject of subjects) {
    const outcome = decideAs(subject, role);
    if (outcome.access === 'closed') continue;
    const reverse = decideAs(subject, otherRole(role)).access;
    const known = reaches.find((reach) => reach.outcome === outcome && reach.reverse === reverse);
    if (known === undefined) reaches.push({ outcome, reverse, kinds: [subject] });
    else known.kinds.push(subject);
  }
  return reaches;
}

interface GrowingJoin extends Join {
  readonly places: number[];
  readonly reached: Set<number>;
}

class JoinTable {
  readonly #role: Role;
  readonly #joins = new Map<Outcome, Map<string, GrowingJoin>>();

  constructor(role: Role) {
    this.#role = role;
  }

  add({ outcome, reverse }: Reach, place: number, reached: ReadonlySet<number>, isAll: boolean): void {
    const joins = this.#joins.get(outcome) ?? new Map<string, GrowingJoin>();
    this.#joins.set(outcome, joins);
    const key = `${reverse} ${isAll}`;
    let join = joins.get(key);
    if (join === undefined) {
      const subject = [...reached].find((at) => at !== place) ?? place;
      const example =
        this.#role === 'accepter'
          ? { requester: place, accepter: subject }
          : { requester: subject, accepter: place };
      join = { outcome, reverse, places: [], isAll, reached: new Set(), example };
      joins.set(key, join);
    }
    join.places.push(place);
    if (!isAll) for (const at of reached) if (at !== place) join.reached.add(at);
  }

  list(): readonly Join[] {
    return [...this.#joins.values()].flatMap((joins) => [...joins.values()]);
  }
}
