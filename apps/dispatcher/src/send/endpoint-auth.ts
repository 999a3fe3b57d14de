import { type CustomHeaders, mask, openedJson } from "@carewire/delivery";
import { z } from "zod";

/** OAuth2 client credentials, and where they are exchanged for a token. */
export interface Oauth2Client {
  /** Names the token in the cache: a changed subscription gets a new one. */
  id: string;
  tokenUrl: URL;
  clientId: string;
  clientSecret: string;
  scope: string | null;
}

/** How a delivery proves itself to its endpoint beside the signature: by a header that stays, or by a token. */
export type EndpointAuth =
  | { type: "fixed"; authorization: string; secret: string }
  | { type: "oauth2"; client: Oauth2Client };

/** As stored: `subscriptions.endpoint_auth`, opened. */
const storedSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("basic"), username: z.string(), password: z.string() }),
  z.object({ type: z.literal("bearer"), token: z.string() }),
  z.object({
    type: z.literal("oauth2"),
    token_url: z.url(),
    client_id: z.string(),
    client_secret: z.string(),
    scope: z.string().optional(),
  }),
]);

/** Reads what a subscription stored. Throws when it is not of the known shapes; the error repeats no value. */
export function parseEndpointAuth(
  subscription: { id: string; version: number },
  opened: Uint8Array,
): EndpointAuth {
  const auth = openedJson(`the authentication of subscription ${subscription.id}`, storedSchema, opened);
  switch (auth.type) {
    case "basic":
      return {
        type: "fixed",
        authorization: basicAuthorization(auth.username, auth.password),
        secret: auth.password,
      };
    case "bearer":
      return { type: "fixed", authorization: `Bearer ${auth.token}`, secret: auth.token };
    case "oauth2":
      return {
        type: "oauth2",
        client: {
          id: `${subscription.id}:${subscription.version}`,
          tokenUrl: new URL(auth.token_url),
          clientId: auth.client_id,
          clientSecret: auth.client_secret,
          scope: auth.scope ?? null,
        },
      };
  }
}

/** Adds the authentication to a subscription's headers: one that stays is sent with them, a token is only shown masked. */
export function withAuthentication(headers: CustomHeaders, auth: EndpointAuth | null): CustomHeaders {
  if (auth === null) return headers;
  // A header given by hand gives way: two of them are none.
  const kept = headers.sent.flatMap((name, i) =>
    i % 2 === 1 || name.toLowerCase() === "authorization" ? [] : [name, headers.sent[i + 1] ?? ""],
  );
  const shown = `${headers.shown.replace(/^authorization: .*\n/im, "")}authorization: ${mask}\n`;
  if (auth.type === "oauth2") return { sent: kept, shown, secrets: headers.secrets };
  const credential = auth.authorization.slice(auth.authorization.indexOf(" ") + 1);
  const secrets = new Set([...headers.secrets, auth.authorization, credential, auth.secret]);
  secrets.delete("");
  return { sent: [...kept, "authorization", auth.authorization], shown, secrets: [...secrets] };
}

/** RFC 7617, in UTF-8. */
export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
