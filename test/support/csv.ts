/** Reads CSV of RFC 4180 whose cells are all quoted; for tests. */
export function parse(text: string): readonly (readonly string[])[] {
  expect(text.endsWith('\r\n')).toBe(true);
  return text
    .slice(0, -'\r\n'.length)
    .split('\r\n')
    .map((line) =>
      Array.from(line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g), ([, cell = '']) => cell.replaceAll('""', '"')),
    );
}
