import type { FakeOutcome } from "./decide-next.ts";

/** Where deliveries go: an address, or a fetch-style handler in this process. */
export type FakeEndpoint = string | URL | ((request: Request) => Response | Promise<Response>);

/** A delivery as it is sent. */
export interface OutgoingDelivery {
  headers: Record<string, string>;
  body: string;
}

const answerCharactersMax = 4_096;

/** Sends one attempt. Redirects are not followed. Never throws. */
export async function sendTo(
  endpoint: FakeEndpoint,
  { headers, body }: OutgoingDelivery,
  timeoutMs: number,
): Promise<FakeOutcome> {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<FakeOutcome>((resolve) => {
    timer = setTimeout(() => {
      stop.abort();
      resolve({ kind: "timeout" });
    }, timeoutMs);
  });
  const isAddress = typeof endpoint === "string" || endpoint instanceof URL;
  const init = { method: "POST", headers, body, signal: stop.signal, redirect: "manual" } as const;
  const post = isAddress
    ? () => fetch(endpoint, init)
    : async () => endpoint(new Request("http://localhost/webhooks", init));
  const sent = post().then(read, (error: unknown): FakeOutcome => ({ kind: "failed", error }));
  const outcome = await Promise.race([sent, late]);
  clearTimeout(timer);
  return outcome;
}

async function read(response: Response): Promise<FakeOutcome> {
  try {
    const text = await response.text();
    const { status, headers } = response;
    return { kind: "answered", status, headers, body: text.slice(0, answerCharactersMax) };
  } catch (error) {
    return { kind: "failed", error };
  }
}
