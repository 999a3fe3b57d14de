import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, type ProgramExit, startProgram, startReceiver } from "@carewire/testkit";
import { afterAll, expect, test } from "vitest";
import { buildPackage } from "./build/build-package.ts";

const folder = mkdtempSync(join(tmpdir(), "carewire-cli-main-"));
const source = fileURLToPath(new URL("../", import.meta.url));
await buildPackage({ source, target: folder });

const answerJson = (response: ServerResponse, value: object) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
const message = (event: string, data: object) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const delivery = (id: string) =>
  message("delivery", {
    ...{ delivery_id: id, event_id: "evt_1", event_type: "order.paid", attempt: 1, lease: "x" },
    ...{ timeout_ms: 60_000, headers: [["webhook-id", id]], body: "" },
  });

/** An API that sends two deliveries and never answers to what became of them. */
const outcomes: string[] = [];
const api = createServer((request, response) => {
  const path = String(request.url);
  if (path.endsWith("/stream/outcomes")) outcomes.push(path);
  else if (path.includes("/stream")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`${message("ready", {})}${delivery("dlv_hangs")}${delivery("dlv_answered")}`);
  } else if (request.method === "GET") answerJson(response, { data: [], next_cursor: null });
  else answerJson(response, { id: "sub_1", events: ["*"] });
});
await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
const receiver = await startReceiver({
  answer: ({ headers }) => (headers["webhook-id"] === "dlv_hangs" ? { hang: true } : { status: 200 }),
});
afterAll(async () => {
  api.closeAllConnections();
  api.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

test("Ctrl-C ends listen after 5 s, with a server that hangs and an API that does not answer", async () => {
  const env = {
    HOME: folder,
    CAREWIRE_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    CAREWIRE_API_KEY: "cw_test",
  };
  const args = [join(folder, "carewire.mjs"), "listen", "--forward-to", receiver.url, "--json"];
  const program = await startProgram(process.execPath, args, { cwd: folder, env });
  await eventually(() => receiver.total() === 2 && outcomes.length === 1);
  let exit: ProgramExit | null = null;
  void program.exited.then((ended) => {
    exit = ended;
  });
  program.kill("SIGINT");
  // What hangs would keep it alive for half a minute.
  await eventually(() => exit, { timeoutMs: 20_000, description: "listen to end" });
  expect(exit).toEqual({ code: 0, signal: null });
  expect(program.output()).toContain('"delivery_id":"dlv_answered"');
});

test("an address that cannot be used is said to be, and is wrong usage", async () => {
  const args = [join(folder, "carewire.mjs"), "--url", "garbage", "deliveries", "list"];
  const env = { HOME: folder, CAREWIRE_API_KEY: "cw_test" };
  const program = await startProgram(process.execPath, args, { cwd: folder, env });
  expect(await program.exited).toEqual({ code: 2, signal: null });
  expect(program.output()).toBe("What --url says is no address such as https://api.example.com\n");
});
