import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { StreamedDelivery } from "./streamed-delivery.ts";

export type Fault = "timeout" | "dns" | "connect" | "tls" | "reset" | "protocol";

/** What the receiver answered. */
export interface ReceiverAnswer {
  status: number;
  headers: Record<string, string>;
  /** Its first 4 KiB. */
  body: Buffer;
  truncated: boolean;
}

export type ForwardOutcome = ({ answer: ReceiverAnswer } | { fault: Fault }) & { durationMs: number };

const keptBytesMax = 4_096;
const readBytesMax = 65_536;
const headersMax = 100;
const headerCharactersMax = 8_192;

const faultByCode: Record<string, Fault> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ECONNREFUSED: "connect",
  EHOSTUNREACH: "connect",
  ENETUNREACH: "connect",
  EADDRNOTAVAIL: "connect",
  ETIMEDOUT: "connect",
};

function faultOf(error: NodeJS.ErrnoException): Fault {
  const code = error.code ?? "";
  const known = faultByCode[code];
  if (known !== undefined) return known;
  if (/^HPE_/.test(code)) return "protocol";
  return /^ERR_TLS|^ERR_SSL|CERT|SELF_SIGNED|UNABLE_TO_|^EPROTO$/.test(code) ? "tls" : "reset";
}

/** The headers as they came, after those that belong to this connection. */
function headersFor(target: URL, { headers }: StreamedDelivery, bytes: number): string[] {
  return ["host", target.host, "connection", "close", ...headers.flat(), "content-length", String(bytes)];
}

function answerHeaders(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headers).slice(0, headersMax);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, [value ?? ""].flat().join(", ").slice(0, headerCharactersMax)]),
  );
}

/** Reads an answer to its end, or to where nobody needs more of it. */
function readAnswer(
  response: IncomingMessage,
  onAnswer: (answer: ReceiverAnswer) => void,
  sent: ClientRequest,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const done = (cut: boolean) => {
    const body = Buffer.concat(chunks).subarray(0, keptBytesMax);
    const truncated = cut || bytes > keptBytesMax;
    onAnswer({ status: response.statusCode ?? 0, headers: answerHeaders(response), body, truncated });
  };
  response.on("data", (chunk: Buffer) => {
    if (bytes < keptBytesMax) chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= readBytesMax) return;
    done(true);
    sent.destroy();
  });
  response.on("end", () => done(false));
  response.on("error", () => done(true));
}

/**
 * POSTs a delivery to the receiver: the same bytes, the same headers in the same order, nothing signed anew, redirects not
 * followed. Never rejects: whatever happens is an outcome. `now` only goes forward.
 */
export function forward(target: URL, delivery: StreamedDelivery, now: () => number): Promise<ForwardOutcome> {
  const startedMs = now();
  const body = Buffer.from(delivery.body, "base64");
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const end = (result: { answer: ReceiverAnswer } | { fault: Fault }) => {
      clearTimeout(timer);
      resolve({ ...result, durationMs: now() - startedMs });
    };
    const headers = headersFor(target, delivery, body.length);
    // An agent of its own each time: what a receiver sees must not depend on what came before.
    const sent = send(target, { method: "POST", headers, agent: false });
    const timer = setTimeout(() => {
      end({ fault: "timeout" });
      sent.destroy();
    }, delivery.timeout_ms);
    sent.on("response", (response) => readAnswer(response, (answer) => end({ answer }), sent));
    sent.on("error", (error) => end({ fault: faultOf(error) }));
    sent.end(body);
  });
}
