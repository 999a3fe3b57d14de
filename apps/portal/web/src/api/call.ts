import { ProblemError, readProblem, signedOutEvent } from "@carewire/ui";
import { addressOf } from "./address.ts";
import { parseExactly } from "./exact-json.ts";
import type { Answer, CallInput, RouteName } from "./routes.ts";
import { isSessionChange, keepSessionMark, sessionMarkHeaders } from "./session-mark.ts";

const timeoutMs = 30_000;

/** Dispatched when the browser's session may be another than the one this page was drawn for. */
export const sessionChangedEvent = "carewire:session-changed";

/** Calls a route of the API through the portal's own server, which adds the session's credentials. Throws `ProblemError`. */
export async function call<Name extends RouteName>(
  name: Name,
  input: CallInput<Name>,
): Promise<Answer<Name>> {
  const { method, path } = addressOf(name, input as LooseInput);
  return (await request(method, `/api${path}`, input as LooseInput)) as Answer<Name>;
}

interface LooseInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Sends one request to the portal's server and gives the body of its 2xx answer. Throws `ProblemError`. */
export async function request(
  method: string,
  path: string,
  { body, idempotencyKey, signal }: Pick<LooseInput, "body" | "idempotencyKey" | "signal">,
): Promise<unknown> {
  const headers = new Headers({ accept: "application/json", ...sessionMarkHeaders() });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    keepSessionMark(response.headers);
    if (isSessionChange(response.headers)) window.dispatchEvent(new Event(sessionChangedEvent));
    if (response.status === 401) window.dispatchEvent(new Event(signedOutEvent));
    if (!response.ok) throw await readProblem(response);
    return bodyOf(await response.text());
  } catch (error) {
    if (error instanceof ProblemError || signal?.aborted) throw error;
    throw noAnswer(deadline.aborted);
  }
}

const noAnswer = (timedOut: boolean): ProblemError =>
  new ProblemError({
    status: 0,
    code: timedOut ? "timeout" : "unreachable",
    message: timedOut
      ? "The server did not answer in 30 seconds. Whether it did what was asked is unknown: look again before repeating it."
      : "The server cannot be reached. Check your connection; this page goes on by itself once it is back.",
  });

function bodyOf(text: string): unknown {
  return text === "" ? undefined : parseExactly(text);
}
