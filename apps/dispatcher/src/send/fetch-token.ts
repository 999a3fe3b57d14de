import { z } from "zod";
import { classifyError } from "./classify-error.ts";
import { basicAuthorization, type Oauth2Client } from "./endpoint-auth.ts";
import type { TokenOutcome } from "./oauth-tokens.ts";
import type { Pools } from "./pools.ts";

const answerBytesMax = 65_536;
const lifetimeMsDefault = 300_000;
const lifetimeMsMax = 86_400_000;

const answerSchema = z.object({
  // It becomes a header: nothing but visible ASCII, and not more than servers take.
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});
/** RFC 6749 section 5.2: the only words of a refusal that are repeated. */
const refusalSchema = z.object({
  error: z.enum([
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
  ]),
});

const failed = (detail: string): TokenOutcome => ({ kind: "auth_failed", detail });

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
const formEncode = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);

async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function readAnswer(status: number, body: unknown): TokenOutcome {
  if (status < 200 || status > 299) {
    const refusal = refusalSchema.safeParse(body);
    const word = refusal.success ? ` (${refusal.data.error})` : "";
    return failed(`the token endpoint answered ${status}${word}`);
  }
  const answer = answerSchema.safeParse(body);
  if (!answer.success) return failed("the token endpoint's answer holds no bearer token");
  const { access_token: token, expires_in: seconds } = answer.data;
  const lifetimeMs = seconds === undefined ? lifetimeMsDefault : Math.min(seconds * 1_000, lifetimeMsMax);
  return { kind: "token", token, lifetimeMs };
}

/**
 * Fetches a token by client credentials (RFC 6749 section 4.4), through the same pools and guard as deliveries. Never
 * rejects; `timeoutMs` covers connect, headers and body together.
 */
export function createTokenFetcher(deps: {
  pools: Pools;
  timeoutMs: number;
}): (client: Oauth2Client) => Promise<TokenOutcome> {
  return async ({ tokenUrl, clientId, clientSecret, scope }) => {
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (scope !== null) form.set("scope", scope);
    const signal = AbortSignal.timeout(deps.timeoutMs);
    try {
      const { statusCode, body } = await deps.pools.of(tokenUrl.origin, null).request({
        method: "POST",
        path: tokenUrl.pathname + tokenUrl.search,
        headers: {
          accept: "application/json",
          authorization: basicAuthorization(formEncode(clientId), formEncode(clientSecret)),
          "content-type": "application/x-www-form-urlencoded",
          "user-agent": "Carewire/1",
        },
        body: form.toString(),
        signal,
      });
      body.on("error", () => {});
      return readAnswer(statusCode, await readJson(body));
    } catch (error) {
      if (signal.aborted) return failed(`the token endpoint gave no answer within ${deps.timeoutMs} ms`);
      const outcome = classifyError(error as Error);
      if (outcome.kind === "proxy_failed") return outcome;
      if (outcome.kind === "network")
        return failed(`the token endpoint could not be reached: ${outcome.detail}`);
      return failed("the token endpoint's address is not allowed");
    }
  };
}
