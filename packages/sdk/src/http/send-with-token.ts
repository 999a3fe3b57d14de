import type { AccessToken } from "./access-token.ts";
import type { Sent } from "./send-with-retries.ts";

/** Sends with the token at hand, and once more with another when there is one and the first was refused (401). */
export async function sendWithToken(
  token: AccessToken,
  send: (bearer: string) => Promise<Sent>,
): Promise<Sent> {
  const bearer = await token.get();
  const sent = await send(bearer);
  const isRefused = sent.kind === "answered" && sent.answer.status === 401;
  return isRefused && token.refuse(bearer) ? send(await token.get()) : sent;
}
