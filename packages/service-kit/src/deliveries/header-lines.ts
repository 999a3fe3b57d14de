/** Headers as they are shown; kept as the `name: value` lines that the dispatcher wrote. */
export function readHeaderLines(lines: string | null): Record<string, string> | null {
  if (lines === null) return null;
  return Object.fromEntries(
    lines.split("\n").flatMap((line) => {
      const colon = line.indexOf(": ");
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
    }),
  );
}
