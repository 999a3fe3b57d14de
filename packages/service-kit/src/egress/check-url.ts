import { isIP } from "node:net";
import { bareHost } from "./bare-host.ts";
import { isAllowedHost, isLocalHost, isNamed } from "./check-host.ts";
import type { ParsedPolicy } from "./policy.ts";
import { portOf } from "./port-of.ts";

/** Something the owner of a destination should look at, though it is allowed. */
export type DestinationWarning = "internationalised_host";

/** What there is to look at in an allowed URL: letters of one script can pass for those of another. */
export function destinationWarnings({ hostname }: URL): DestinationWarning[] {
  const isInternationalised = isIP(bareHost(hostname)) === 0 && /(?:^|\.)xn--/.test(hostname);
  return isInternationalised ? ["internationalised_host"] : [];
}

/** Allowed, with the normalised URL that must be stored and used; or refused, with a sentence for the caller. */
export type UrlCheck =
  | { outcome: "allowed"; url: string; warnings: DestinationWarning[] }
  | { outcome: "destination_not_allowed"; detail: string };

const urlLengthMax = 2048;
const lowestLocalPort = 1024;

const refused = (detail: string): UrlCheck => ({ outcome: "destination_not_allowed", detail });

/** Why an http(s) URL is refused, or null. */
function refusalOf(policy: ParsedPolicy, url: URL): string | null {
  const host = bareHost(url.hostname);
  const port = portOf(url);
  if (isNamed(policy.own, host, port))
    return "This is one of our own addresses; deliveries to it would never end.";
  if (policy.local && isLocalHost(host)) {
    return port >= lowestLocalPort ? null : `Local destinations need a port from ${lowestLocalPort}.`;
  }
  if (isNamed(policy.allowed, host, port)) return null;
  if (url.protocol !== "https:") return "A destination needs https.";
  if (!policy.ports.has(port))
    return `This port is not open to webhooks; use ${[...policy.ports].join(" or ")}.`;
  return isAllowedHost(policy, host) ? null : "This host is not on the public internet.";
}

/**
 * Checks a destination without resolving its name: form, scheme, port, literal address, private names. WHATWG parsing
 * folds the many spellings of an address (`0x7f.1`, `2130706433`, `①②⑦.0.0.1`) before anything is compared.
 */
export function checkUrl(policy: ParsedPolicy, text: string): UrlCheck {
  if (text.length > urlLengthMax) return refused(`A URL may have ${urlLengthMax} characters at most.`);
  if (!URL.canParse(text)) return refused("This is not an absolute URL.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refused("A destination needs https.");
  if (url.username !== "" || url.password !== "")
    return refused("Leave user name and password out of the URL.");
  if (url.hash !== "") return refused("Leave the fragment (#…) out of the URL.");
  if (url.href.length > urlLengthMax) return refused(`A URL may have ${urlLengthMax} characters at most.`);
  const reason = refusalOf(policy, url);
  if (reason !== null) return refused(reason);
  return { outcome: "allowed", url: url.href, warnings: destinationWarnings(url) };
}
