import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the API would have got it. */
export interface StubRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Stands in for subscriptions-api: keeps what it was sent, and answers as a test says. */
export interface StubApi {
  url: string;
  requests: StubRequest[];
  /** Null: the usual answer, 200 and `{}`, or 201 and 204 for sessions. */
  answer: ((request: StubRequest, res: ServerResponse) => void) | null;
  close(): Promise<void>;
}

const id = (prefix: string): string => `${prefix}_${"0".repeat(26)}`;

/** Who a session made by the stub is. */
export const stubCaller = {
  organization: { id: id("org"), name: "Test clinic" },
  account: null,
  scopes: ["subscriptions:read"],
  signed_in_with: "api_key",
  session_id: id("ses"),
  embed_origin: null,
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
};

function usualAnswer({ method, url }: StubRequest): { status: number; body?: object } {
  if (url === "/v1/sessions") return { status: 201, body: { ...stubCaller, token: "cw_sess_new" } };
  if (url === "/v1/session") return method === "GET" ? { status: 200, body: stubCaller } : { status: 204 };
  return { status: 200, body: {} };
}

/** Answers with JSON. */
export function answerJson(res: ServerResponse, status: number, body?: object): void {
  res.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));
}

/** Starts a {@link StubApi} on a free port of 127.0.0.1. */
export async function startStubApi(): Promise<StubApi> {
  // Only clients end idle connections: one that is used again just then would be reset.
  const server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
    let body = "";
    req.setEncoding("utf8");
    req.on("data", (chunk: string) => {
      body += chunk;
    });
    req.on("end", () => {
      const request = { method: req.method ?? "", url: req.url ?? "", headers: req.headers, body };
      stub.requests.push(request);
      if (stub.answer !== null) return stub.answer(request, res);
      const usual = usualAnswer(request);
      answerJson(res, usual.status, usual.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const stub: StubApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: null,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return stub;
}
