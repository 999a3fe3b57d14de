import { parsePublicId } from "@carewire/envelope";
import { type OddServer, serve } from "./serve.ts";

/** What an endpoint does with one request. */
export type Answer = "ok" | "fail" | "hang_up";

/** An endpoint that knows which event is of which subject, and watches over order. */
export interface OrderedEndpoint {
  url: string;
  /** Says what an event is about; tell before it is published. */
  expect(eventId: string, subject: string): void;
  /** Events in the order of their first good answer, by subject. */
  succeeded(subject: string): string[];
  /** The most requests of one subject that were unanswered at the same time. */
  inFlightMax(): number;
  /** Requests in all. */
  requests(): number;
  close(): Promise<void>;
}

/** `answer` decides per request; `delayMs` says after how long. */
export async function startOrderedEndpoint(
  answer: (eventId: string, subject: string) => Answer,
  delayMs: () => number = () => 0,
): Promise<OrderedEndpoint> {
  const subjects = new Map<string, string>();
  const succeeded = new Map<string, string[]>();
  const inFlight = new Map<string, number>();
  let inFlightMax = 0;
  const server: OddServer = await serve((request, response) => {
    const eventId = parsePublicId("evt", String(request.headers["webhook-id"])) ?? "";
    const subject = subjects.get(eventId) ?? "";
    const now = (inFlight.get(subject) ?? 0) + 1;
    inFlight.set(subject, now);
    inFlightMax = Math.max(inFlightMax, now);
    setTimeout(() => {
      inFlight.set(subject, (inFlight.get(subject) ?? 1) - 1);
      const does = answer(eventId, subject);
      if (does === "hang_up") {
        request.socket.destroy();
        return;
      }
      if (does === "ok") {
        const done = succeeded.get(subject) ?? [];
        if (!done.includes(eventId)) succeeded.set(subject, [...done, eventId]);
      }
      response.writeHead(does === "ok" ? 200 : 500).end();
    }, delayMs());
  });
  return {
    url: server.url,
    expect: (eventId, subject) => void subjects.set(eventId, subject),
    succeeded: (subject) => succeeded.get(subject) ?? [],
    inFlightMax: () => inFlightMax,
    requests: server.requests,
    close: server.close,
  };
}
