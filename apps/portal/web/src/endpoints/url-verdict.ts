import type { Answer } from "../api/routes.ts";

type UrlCheck = Answer<"POST /v1/subscriptions/check-url">;

/** What to say beside the field; `checking`: the server has not answered yet. */
export type UrlVerdict =
  | { kind: "empty" | "checking" }
  | { kind: "wrong" | "doubtful" | "reachable"; text: string };

/** The server's word on a URL. One that is allowed can be used, even when nobody answers there yet. */
export function urlVerdict({ outcome, detail, url, warnings, connection }: UrlCheck): UrlVerdict {
  if (outcome === "destination_not_allowed") {
    return { kind: "wrong", text: detail ?? "Deliveries may not go to this destination." };
  }
  if (warnings.includes("internationalised_host") && url !== null) {
    const host = new URL(url).hostname;
    return {
      kind: "doubtful",
      text: `The host is really ${host}. Make sure it is not one that only looks like yours.`,
    };
  }
  if (connection === null) return { kind: "reachable", text: "This URL may be used." };
  if (connection.outcome !== "connected") return { kind: "doubtful", text: connection.detail };
  const { duration_ms, tls } = connection;
  const parts = [`Connected${duration_ms === null ? "" : ` in ${duration_ms} ms`}`];
  if (tls !== null) parts.push(tls.protocol);
  if (tls?.certificate_expires_at)
    parts.push(`certificate good until ${tls.certificate_expires_at.slice(0, 10)}`);
  return { kind: "reachable", text: `${parts.join(", ")}.` };
}
