/** Reads what happens in a sandbox until it is said that this was called. */
export async function untilCalled(url: string, action: string): Promise<void> {
  const abort = new AbortController();
  const response = await fetch(`${url}/_autopeer/events`, { signal: abort.signal });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(`"action":"${action}"`)) break;
  }
  abort.abort();
}
