import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createHeldBytes } from "./held-bytes.ts";
import { type ReadBody, readBody } from "./read-body.ts";

const bytesMax = 1_048_576;
const held = createHeldBytes(30_000);
const read: ReadBody[] = [];
const server = createServer(async (request, response) => {
  read.push(await readBody(request, bytesMax, held));
  response.end();
});

beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** The beginning of a chunked request, on a connection of its own. */
function open() {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket
    .resume()
    .write("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
  return socket;
}
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const end = "0\r\n\r\n";

test("a body that comes byte by byte is whole, and never kept in as many pieces", async () => {
  const joined = vi.spyOn(Buffer, "concat");
  const text = Array.from({ length: 20_000 }, (_, n) => String.fromCharCode(97 + (n % 26))).join("");
  open().write(`${[...text].map(chunk).join("")}${end}`);
  await eventually(() => read.length === 1);
  const [body] = read.splice(0);
  expect(body?.ok && body.bytes.toString()).toBe(text);
  expect(Math.max(...joined.mock.calls.map(([pieces]) => pieces.length))).toBeLessThan(1_024);
  joined.mockRestore();
  held.give(text.length);
});

test("what all bodies hold together is bounded, and given back when a body is refused or breaks off", async () => {
  const waiting = open();
  waiting.write(chunk("a".repeat(20_000)));
  await eventually(() => {
    const isHeld = !held.take(10_001);
    if (!isHeld) held.give(10_001);
    return isHeld;
  });
  open().write(`${chunk("b".repeat(20_000))}${end}`);
  await eventually(() => read.length === 1);
  expect(read.splice(0)).toEqual([{ ok: false, reason: "no_room" }]);
  waiting.destroy();
  await eventually(() => read.length === 1);
  expect(read.splice(0)).toEqual([{ ok: false, reason: "aborted" }]);
  open().write(`${chunk("c".repeat(30_000))}${end}`);
  await eventually(() => read.length === 1);
  expect(read.splice(0)).toMatchObject([{ ok: true }]);
});
