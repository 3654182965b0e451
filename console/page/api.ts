import * as z from 'zod/mini';

// The page's policy lets no code be made from text, which zod would try.
z.config({ jitless: true });

const KEY_ITEM = 'autopeer-console-key';

/** Keeps the key that the printed address led to, and takes it out of the address. */
export function keepKey(): void {
  const [, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? [];
  if (key === undefined) return;
  localStorage.setItem(KEY_ITEM, key);
  history.replaceState(undefined, '', '/#/');
}

export const headers = (): Record<string, string> => ({
  'x-autopeer-console': localStorage.getItem(KEY_ITEM) ?? '',
});

export type Asked<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string };

const answerSchema = z.object({ result: z.unknown(), notes: z.array(z.string()) });
const refusalSchema = z.object({ message: z.string() });

/** Reads, as the form says. */
export const get = <Result>(
  path: string,
  form: z.ZodMiniType<Result>,
  query: Readonly<Record<string, string>> = {},
): Promise<Asked<Result>> => {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return send(`/api/${path}${text === '' ? '' : `?${text}`}`, { headers: headers() }, form);
};

/** Writes, and reads what came of it. */
export const post = <Result>(
  path: string,
  body: unknown,
  form: z.ZodMiniType<Result>,
): Promise<Asked<Result>> =>
  send(
    `/api/${path}`,
    {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    form,
  );

async function send<Result>(
  path: string,
  init: RequestInit,
  form: z.ZodMiniType<Result>,
): Promise<Asked<Result>> {
  try {
    const response = await fetch(path, init);
    const value: unknown = await response.json();
    if (!response.ok) {
      const refusal = z.safeParse(refusalSchema, value);
      return { kind: 'failed', why: refusal.success ? refusal.data.message : `HTTP ${response.status}` };
    }
    const { result, notes } = z.parse(answerSchema, value);
    return { kind: 'done', result: z.parse(form, result), notes };
  } catch (error) {
    if (error instanceof z.core.$ZodError)
      return { kind: 'failed', why: `The answer has another form: ${error.message}` };
    return {
      kind: 'failed',
      why: 'The console does not answer: look whether it still runs in its terminal.',
    };
  }
}
