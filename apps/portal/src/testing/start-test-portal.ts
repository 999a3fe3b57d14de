import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, runService } from "@carewire/service-kit";
import { createApiPools } from "../api/api-pools.ts";
import { createPortal, type PortalDeps } from "../app.ts";
import { type StubApi, startStubApi } from "./start-stub-api.ts";

/** An answer of the portal. */
export interface PortalAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** A request of a browser's page; default: GET, from the portal's own page. */
export interface PortalRequest {
  method?: string;
  path: string;
  body?: object | string;
  /** These replace the usual ones; `undefined` takes one away. */
  headers?: Record<string, string | undefined>;
}

/** The portal over real HTTP, with a stand-in for the API. */
export interface TestPortal {
  url: string;
  api: StubApi;
  logs(): string;
  send(request: PortalRequest): Promise<PortalAnswer>;
  stop(): Promise<void>;
}

/** The one page that may show the test's portal in a frame. */
export const embedOrigin = "https://app.example.com";

const noProcess = { on() {}, off() {}, exit() {}, stderr: { write() {} } };

/** Over node:http: fetch sets some of these headers itself, and refuses to set others. */
function send(
  url: string,
  { method = "GET", path, body, headers = {} }: PortalRequest,
): Promise<PortalAnswer> {
  const bytes = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const given = {
    "sec-fetch-site": "same-origin",
    ...(bytes === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${path}`, { method, headers: kept }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => {
        const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve({ status: answer.statusCode ?? 0, headers: new Headers(pairs), text });
      });
      answer.on("error", reject);
    });
    sent.once("error", reject);
    sent.end(bytes);
  });
}

/** Starts a {@link TestPortal}; `stop` ends it. */
export async function startTestPortal({
  heldBytesMax,
}: Pick<PortalDeps, "heldBytesMax"> = {}): Promise<TestPortal> {
  const api = await startStubApi();
  const webBuild = mkdtempSync(join(tmpdir(), "carewire-portal-"));
  writeFileSync(join(webBuild, "index.html"), "<!doctype html><html><head></head><body></body></html>");
  const pools = createApiPools(api.url);
  const embedOrigins = [embedOrigin];
  const portal = createPortal({ pools, clock: systemClock, embedOrigins, webBuild, heldBytesMax });
  const lines: string[] = [];
  const service = await runService({
    name: "portal",
    port: 0,
    host: "127.0.0.1",
    logger: createLogger({ service: "portal", destination: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics({ service: "portal" }),
    readiness: { "subscriptions-api": portal.reachApi },
    process: noProcess,
    routes: portal.mount,
    drain: portal.endStreams,
    close: pools.close,
  });
  return {
    url: service.url,
    api,
    logs: () => lines.join("\n"),
    send: (request) => send(service.url, request),
    async stop() {
      await service.stop();
      await api.close();
      rmSync(webBuild, { recursive: true });
    },
  };
}
