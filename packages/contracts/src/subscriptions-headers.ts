import { z } from "zod";

/** Static headers of one kind on one subscription. */
export const staticHeadersMax = 20;
/** Characters of all names and values of one kind together. */
export const staticHeaderCharactersMax = 4_096;

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Visible latin1, spaces and tabs: what an HTTP header may carry unencoded. */
const valuePattern = /^[\t\x20-\x7e\xa0-\xff]*$/;

/** Set by the platform, or about the connection: a subscriber's own would break or forge a delivery. */
const reservedNames = new Set([
  "accept-encoding",
  "connection",
  "date",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);
const reservedPrefixes = ["carewire-", "content-", "eka-webhook-", "proxy-", "svix-", "webhook-"];

/** Names that are never shown again, whichever field they came in. */
const alwaysSensitive = new Set(["authorization", "cookie"]);

const isReserved = (name: string): boolean =>
  reservedNames.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));

/** True for a header whose value is kept write-only even when it was given among those that may be shown. */
export const isSensitiveHeader = (name: string): boolean => alwaysSensitive.has(name);

function nameMistake(name: string): string | null {
  if (!tokenPattern.test(name) || name === "__proto__") {
    return "is not a header name of 128 characters at most";
  }
  return isReserved(name.toLowerCase()) ? "is set by Carewire or belongs to the connection" : null;
}

function mistakesOf(headers: Record<string, string>): { path: string[]; message: string }[] {
  const mistakes: { path: string[]; message: string }[] = [];
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const mistake = nameMistake(name);
    // A name that is none is not repeated: it may be a value in the wrong place.
    if (mistake !== null) mistakes.push({ path: tokenPattern.test(name) ? [name] : [], message: mistake });
    else if (!valuePattern.test(value)) {
      mistakes.push({ path: [name], message: "must be visible latin1 characters, spaces and tabs" });
    }
    if (seen.has(name.toLowerCase())) {
      mistakes.push({ path: [name], message: "is there twice; case does not tell header names apart" });
    }
    seen.add(name.toLowerCase());
  }
  return mistakes;
}

/** Static headers as a subscriber gives them: `{"X-Name": "value"}`. Names come out in lower case. */
export const staticHeadersSchema = z
  .record(z.string(), z.string().max(staticHeaderCharactersMax))
  .superRefine((headers, context) => {
    const entries = Object.entries(headers);
    const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (entries.length > staticHeadersMax || characters > staticHeaderCharactersMax) {
      const message = `must be ${staticHeadersMax} headers of ${staticHeaderCharactersMax} characters together at most`;
      context.addIssue({ code: "custom", message });
      return;
    }
    for (const mistake of mistakesOf(headers)) context.addIssue({ code: "custom", ...mistake });
  })
  .transform((headers) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()])),
  )
  .meta({ examples: [{ "X-Tenant": "clinic-7" }] });
