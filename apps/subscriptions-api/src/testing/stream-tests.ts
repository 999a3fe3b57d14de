import { eventually } from "@carewire/testkit";
import { type OpenedStream, readEventStream } from "./read-event-stream.ts";
import type { TestApi } from "./start-test-api.ts";

export interface StreamSubscription {
  id: string;
  secret: string;
}

type Data = Record<string, unknown>;

/** What tests of streams do with an API. */
export interface StreamTests {
  makeStream(body?: object): Promise<StreamSubscription>;
  /** Opens a stream, and waits until it is ready if it was opened at all. */
  listen(id: string, query?: string, key?: string): Promise<OpenedStream>;
  report(id: string, outcomes: object[]): ReturnType<TestApi["send"]>;
  statusOf(delivery: unknown): Promise<unknown>;
  /** Drops what is still open. */
  dropAll(): void;
}

/** The deliveries that a stream brought so far. */
export const received = ({ messages }: OpenedStream): Data[] =>
  messages.filter(({ event }) => event === "delivery").map(({ data }) => data);

/** Waits for so many deliveries. */
export const expectReceived = (stream: OpenedStream, count: number): Promise<Data[]> =>
  eventually(() => received(stream).length >= count && received(stream));

/** An outcome as it is reported. */
export const answered = (data: Data | undefined, status = 200) => ({
  delivery_id: data?.delivery_id,
  lease: data?.lease,
  duration_ms: 12,
  answer: {
    status,
    headers: { "content-type": "text/plain" },
    body: Buffer.from("thanks").toString("base64"),
  },
});

export function createStreamTests(api: TestApi): StreamTests {
  const opened: OpenedStream[] = [];
  return {
    async makeStream(body = {}) {
      const given = { name: "local", transport: "stream", events: ["order.paid"], ...body };
      const { body: made, text, status } = await api.send("POST", "/v1/subscriptions", { body: given });
      if (status !== 201) throw new Error(`stream subscription not made: ${text}`);
      return { id: String(made.id), secret: String(made.secret) };
    },
    async listen(id, query = "", key = api.tenant.key) {
      const stream = await readEventStream(`${api.url}/v1/subscriptions/${id}/stream${query}`, key);
      opened.push(stream);
      if (stream.status === 200) await eventually(() => stream.messages[0]?.event === "ready");
      return stream;
    },
    report: (id, outcomes) =>
      api.send("POST", `/v1/subscriptions/${id}/stream/outcomes`, { body: { outcomes } }),
    async statusOf(delivery) {
      const { body } = await api.send("GET", `/v1/deliveries/${delivery}`);
      return body.status;
    },
    dropAll() {
      for (const { drop } of opened) drop();
    },
  };
}
