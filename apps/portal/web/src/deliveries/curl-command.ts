/** One request as it was sent. */
export interface SentRequest {
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

/** Text as one word of a POSIX shell, whatever is in it. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Set by curl itself, and wrong when the body was changed in between. */
const left = new Set(["content-length", "host", "connection", "transfer-encoding"]);

/** The request as a curl command. A header whose value we do not show becomes a placeholder that stands out. */
export function curlCommand({ url, headers, body }: SentRequest): string {
  const lines = Object.entries(headers)
    .filter(([name]) => !left.has(name.toLowerCase()))
    .map(([name, value]) => `  -H ${shellWord(`${name}: ${String(value)}`)}`);
  return [`curl -X POST ${shellWord(url)}`, ...lines, `  --data-raw ${shellWord(body)}`].join(" \\\n");
}
