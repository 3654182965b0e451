import type { Part } from './scene.ts';
import { COLUMNS, count, wrap, type Paint } from './text-lines.ts';
import type { CallEntry, DecisionKind, TimelineEntry } from './timeline-entry.ts';

type Names = ReadonlyMap<string, string>;
type Tone = 'plain' | 'faint' | 'good' | 'bad' | 'open';

/** One line for people: when, who, what. */
interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly text: string;
  readonly tone: Tone;
  /** A second sentence, below. */
  readonly more?: string;
}

const TIME_COLUMNS = 11;
const WHO_COLUMNS = 13;

/** The part's timeline, a line for each thing that happened; neighbouring calls in one place are told together. */
export function timelineText(part: Part, names: Names, paint: Paint): string {
  const { shown, echo } = withoutEcho(part.timeline);
  const lines = [
    ...grouped(shown).map((entries) => lineOf(entries, names)),
    ...(echo === undefined ? [] : [echo]),
  ];
  return lines
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((line) => lineText(line, part.startMs, paint))
    .join('\n');
}

function lineText({ atMs, who, text, tone, more }: Line, startMs: number, paint: Paint): string {
  const time = `+${((atMs - startMs) / 1000).toFixed(1)} s`.padStart(TIME_COLUMNS - 1);
  const indent = ' '.repeat(TIME_COLUMNS + 1 + WHO_COLUMNS);
  const width = COLUMNS - indent.length;
  const [first = '', ...rest] = wrap(text, width).map((line) => toned(line, tone, paint));
  const below = more === undefined ? [] : wrap(more, width).map(paint.dim);
  const head = `${paint.dim(time)}  ${paint.cyan(who.padEnd(WHO_COLUMNS))}${first}`;
  return [head, ...[...rest, ...below].map((line) => indent + line)].join('\n');
}

function toned(text: string, tone: Tone, paint: Paint): string {
  switch (tone) {
    case 'plain':
      return text;
    case 'faint':
      return paint.dim(text);
    case 'good':
      return paint.green(text);
    case 'bad':
      return paint.red(text);
    case 'open':
      return paint.yellow(text);
  }
}

/** autopeer's own changes come back to it as events. What it makes of them is one line at the end. */
function withoutEcho(timeline: readonly TimelineEntry[]): {
  shown: readonly TimelineEntry[];
  echo: Line | undefined;
} {
  const events = timeline.filter((entry) => entry.kind === 'event' && entry.by === 'autopeer');
  const looks = timeline.filter((entry) => entry.kind === 'look' && entry.outcome === 'settled');
  if (events.length === 0) return { shown: timeline, echo: undefined };
  const ignored = events.filter((entry) => entry.kind === 'event' && entry.intake === 'ignored');
  const findings = [
    ...(ignored.length === 0
      ? []
      : [ignored.length === events.length ? 'ignored' : `${ignored.length} ignored`]),
    ...(looks.length === 0 ? [] : [`${count(looks.length, 'look')} with nothing left to do`]),
  ];
  const come = events.length === 1 ? 'event of its own calls comes' : 'events of its own calls come';
  return {
    shown: timeline.filter((entry) => !events.includes(entry) && !looks.includes(entry)),
    echo: {
      atMs: Math.max(...[...events, ...looks].map(({ atMs }) => atMs)),
      who: 'autopeer',
      text: `${events.length} ${come} back${findings.length === 0 ? '' : `: ${findings.join(', ')}`}`,
      tone: 'faint',
    },
  };
}

/** Neighbours that are autopeer's calls in one account and region go together. */
function grouped(entries: readonly TimelineEntry[]): readonly (readonly TimelineEntry[])[] {
  const groups: TimelineEntry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group !== undefined && before !== undefined && isSamePlace(before, entry)) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

const isSamePlace = (one: TimelineEntry, other: TimelineEntry): boolean =>
  one.kind === 'call' &&
  other.kind === 'call' &&
  one.by === 'autopeer' &&
  other.by === 'autopeer' &&
  one.accountId === other.accountId &&
  one.region === other.region &&
  one.errorCode === other.errorCode;

/** How each decision reads, before its rule. */
const DECIDED: Readonly<Record<DecisionKind, { words: string; tone: Tone }>> = {
  connect: { words: 'connect it', tone: 'good' },
  hold: { words: 'hold it for a person', tone: 'open' },
  reject: { words: 'reject it', tone: 'bad' },
  'clean-up': { words: 'clean up', tone: 'good' },
  report: { words: 'report it: it is active, and no rule allows it', tone: 'bad' },
};

function lineOf(group: readonly TimelineEntry[], names: Names): Line {
  const [entry] = group;
  if (entry === undefined) throw new Error('a group has at least one entry');
  const { atMs } = entry;
  const name = (accountId: string): string => names.get(accountId) ?? accountId;
  const line = (who: string, text: string, tone: Tone = 'plain', more?: string): Line => ({
    atMs,
    who,
    text,
    tone,
    ...(more === undefined ? {} : { more }),
  });
  switch (entry.kind) {
    case 'call':
      return callLine(
        entry,
        group.flatMap((one) => (one.kind === 'call' ? [one] : [])),
        name(entry.accountId),
      );
    case 'event': {
      const { intake, reason } = entry;
      const ending =
        intake === 'queued' ? '' : `, where it is ${intake}${reason === undefined ? '' : ` (${reason})`}`;
      return line('EventBridge', `brings the call from ${name(entry.accountId)} to the hub${ending}`);
    }
    case 'read': {
      const { calls, accountIds } = entry;
      return line(
        'autopeer',
        `reads what EC2 says in ${accountIds.map(name).join(' and ')}: ${count(calls, 'call')}`,
      );
    }
    case 'decision': {
      const { words, tone } = DECIDED[entry.decision];
      const by = entry.rule === undefined ? '' : `, by rule ${entry.rule}`;
      return line('autopeer', `decides: ${words}${by}`, tone, entry.reason.text);
    }
    case 'wait':
      return line('autopeer', `waits until it is active: ${count(entry.looks, 'look')}`);
    case 'notice': {
      const who = entry.channels.map((channel) => CHANNEL_NAMES.get(channel) ?? channel).join(', ');
      const more = entry.problems.length === 0 ? undefined : entry.problems.join(' ');
      return line(who || 'nobody', `get the notice “${entry.detailType}”`, 'plain', more);
    }
    case 'look':
      return line('autopeer', `finds it ${entry.reason}: ${entry.outcome}, and looks again later`);
    case 'failure':
      return line(entry.functionName, `fails: ${entry.error}`, 'bad', entry.reason);
  }
}

const CHANNEL_NAMES: ReadonlyMap<string, string> = new Map([
  ['sns', 'SNS'],
  ['slack', 'Slack'],
]);

function callLine(call: CallEntry, group: readonly CallEntry[], account: string): Line {
  const isOurs = call.by === 'autopeer';
  const place = isOurs ? `in ${account}, ` : '';
  const refused = call.errorCode === undefined ? '' : `, and is refused: ${call.errorCode}`;
  const byAction = [...Map.groupBy(group, ({ action }) => action)];
  const words = byAction.map(([action, calls]) => callWords(action, calls)).join(', ');
  return {
    atMs: call.atMs,
    who: isOurs ? 'autopeer' : account,
    text: `${place}${words}${refused}`,
    tone: call.errorCode === undefined ? 'plain' : 'bad',
  };
}

function callWords(action: string, calls: readonly CallEntry[]): string {
  const destinations = [...new Set(calls.flatMap(({ destination }) => destination ?? []))].join(', ');
  switch (action) {
    case 'CreateVpcPeeringConnection':
      return 'asks for the peering: CreateVpcPeeringConnection';
    case 'DeleteVpcPeeringConnection':
      return 'deletes the peering: DeleteVpcPeeringConnection';
    case 'AcceptVpcPeeringConnection':
      return 'accepts it';
    case 'RejectVpcPeeringConnection':
      return 'rejects it';
    case 'CreateRoute':
      return `writes ${count(calls.length, 'route')} to it (${destinations})`;
    case 'DeleteRoute':
      return `removes ${count(calls.length, 'route')} to it (${destinations})`;
    case 'ModifyVpcPeeringConnectionOptions': {
      const sides = [...new Set(calls.flatMap(({ dnsOf }) => dnsOf ?? []))];
      return sides.length > 1 ? 'turns on DNS for both sides' : 'turns on DNS';
    }
    case 'CreateTags':
      return 'tags the peering with its status';
    default:
      return action;
  }
}
