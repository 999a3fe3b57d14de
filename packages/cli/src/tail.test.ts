import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import { createOutput } from "./output/output.ts";
import { tail } from "./tail.ts";

/** What the API does with one connection. */
type Turn = "ready" | "unavailable" | "away";
const turns: Turn[] = [];
const server = createServer((_, response) => {
  const turn = turns.shift();
  if (turn === "ready") {
    response.writeHead(200, { "content-type": "text/event-stream" }).end("event: ready\ndata: {}\n\n");
  } else if (turn === "unavailable") response.writeHead(503).end();
  else response.destroy();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Tails an API that does these in turn; ends once it was ready so often. */
async function tailThrough(given: Turn[], readyCount: number, json: boolean) {
  turns.splice(0, turns.length, ...given);
  const interrupt = new AbortController();
  const said: string[] = [];
  const hear = { write: (text: string) => void said.push(text) };
  const output = createOutput({ stdout: hear, stderr: hear, json, noColor: true, forceColor: false });
  const readies = () => said.filter((line) => /"kind":"ready"|^Ready/.test(line)).length;
  const context = {
    ...{ output, interrupted: interrupt.signal },
    place: () => ({ url, apiKey: "cw_test", fetch }),
    async sleep() {
      if (readies() === readyCount) interrupt.abort();
    },
  } as unknown as CommandContext;
  await tail(context, {});
  return { said, readies: readies() };
}

test("tail goes on after an API that was away for longer than one attempt", async () => {
  const { readies } = await tailThrough(["ready", "unavailable", "away", "ready"], 2, true);
  expect(readies).toBe(2);
});

test("that the connection was lost is said once, however long the API is away", async () => {
  const { said } = await tailThrough(["ready", "away", "unavailable", "away", "ready"], 2, false);
  expect(said.map((line) => line.split(";")[0])).toEqual([
    "Ready",
    "Connection lost",
    "Ready",
    "Connection lost",
  ]);
});

test("an API that was never there ends tail", async () => {
  await expect(tailThrough(["away"], 1, true)).rejects.toMatchObject({ exitCode: exitCodes.unreachable });
});
