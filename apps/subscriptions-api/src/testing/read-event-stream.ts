import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** One message of a `text/event-stream`. */
export interface StreamMessage {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
}

/** An event stream that a test reads. */
export interface OpenedStream {
  status: number;
  messages: StreamMessage[];
  /** Resolves when the other side ended it. */
  ended: Promise<void>;
  /** Drops the connection, as a lost network would. */
  drop(): void;
}

function parseMessage(block: string): StreamMessage | null {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const [event, data] = [fields.get("event"), fields.get("data")];
  if (event === undefined || data === undefined) return null;
  return { event, id: fields.get("id"), data: JSON.parse(data) as Record<string, unknown> };
}

/** Opens an event stream, over a connection of its own, and gathers what it says. */
export async function readEventStream(url: string, key: string): Promise<OpenedStream> {
  const sent = request(url, { agent: false, headers: { authorization: `Bearer ${key}` } });
  sent.on("error", () => {}).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const messages: StreamMessage[] = [];
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const blocks = (text + chunk).split("\n\n");
    text = blocks.pop() ?? "";
    messages.push(...blocks.flatMap((block) => parseMessage(block) ?? []));
  });
  const ended = new Promise<void>((resolve) => response.on("error", () => {}).once("close", resolve));
  return { status: response.statusCode ?? 0, messages, ended, drop: () => sent.destroy() };
}
