import { jsonLines } from './json.ts';
import { playStory, type StoryOptions } from './scenario.ts';
import { isAsTold } from './summary.ts';
import type { Paint } from './text-lines.ts';
import { sceneText } from './text.ts';

export interface Show extends StoryOptions {
  /** Lines of JSON for programs, or text for people. */
  readonly form: { readonly kind: 'json' } | { readonly kind: 'text'; readonly paint: Paint };
  readonly write: (text: string) => void;
  /** The real time since the start, which only people are shown. */
  readonly realMs: () => number;
}

/** Plays the story and shows it as it goes. Answers whether all was as told. */
export async function play({ form, write, realMs, ...options }: Show): Promise<boolean> {
  let isWell = false;
  for await (const scene of playStory(options)) {
    const lines =
      form.kind === 'json'
        ? jsonLines(scene).map((line) => JSON.stringify(line))
        : [sceneText(scene, form.paint, realMs)];
    write(`${lines.join('\n')}\n`);
    if (scene.kind === 'closing') isWell = isAsTold(scene.summary);
  }
  return isWell;
}
