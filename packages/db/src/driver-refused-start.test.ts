import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { eventually } from "@carewire/testkit";
import { expect, onTestFinished, test } from "vitest";
import { connect, type Sql } from "./connect.ts";

// Guards the patched driver (patches/README.md): servers that answer, and refuse.

/** A message of the protocol: its letter, and its body behind the length. */
function message(letter: string, ...body: (string | number[])[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => Buffer.from(part as string)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(letter), length, bytes]);
}

const refusal = (severity: string, code: string) =>
  message("E", `S${severity}\0`, `V${severity}\0`, `C${code}\0`, "Mno\0", "\0");
const ready = message("Z", "I");
const started = Buffer.concat([message("R", [0, 0, 0, 0]), ready]);

/** A server that does as it is told with each connection, and a pool of one connection to it. */
async function openRefused(
  onConnection: (socket: Socket) => void,
): Promise<{ pool: Sql; accepted: () => number }> {
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pool = connect({ url: `postgres://a:b@127.0.0.1:${port}/c`, max: 1, applicationName: "refused" });
  onTestFinished(async () => {
    await pool.end({ timeout: 0 });
    server.close();
  });
  return { pool, accepted: () => accepted };
}

test("a server that closes politely before it answered rejects what waits for it", async () => {
  const { pool } = await openRefused((socket) => socket.end());
  for (let n = 0; n < 2; n++)
    await expect(pool`select 1`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await expect(pool.reserve()).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await expect(pool.begin((tx) => tx`select 1`)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
});

test("a server that refuses every session is asked again a few times a second, not as fast as it refuses", async () => {
  const { pool, accepted } = await openRefused((socket) =>
    socket.once("data", () => socket.end(refusal("FATAL", "53300"))),
  );
  const begunAt = performance.now();
  await pool.listen("x", () => {}).catch(() => {});
  await eventually(() => accepted() >= 6, { description: "it to be asked again and again" });
  expect(performance.now() - begunAt).toBeGreaterThan(500);
});

test("who was refused to listen by a server that is no primary yet asks again until it listens", async () => {
  let asked = 0;
  const { pool } = await openRefused((socket) => {
    socket.once("data", () => {
      socket.write(started);
      socket.on("data", (bytes) => {
        if (!bytes.includes("listen")) return;
        if (++asked === 1) return socket.write(Buffer.concat([refusal("ERROR", "25006"), ready]));
        const done = [
          message("1"),
          message("t", [0, 0]),
          message("n"),
          message("2"),
          message("C", "LISTEN\0"),
          ready,
        ];
        socket.write(Buffer.concat([...done, message("A", [0, 0, 0, 1], "x\0", "woken\0")]));
      });
    });
  });
  const heard: string[] = [];
  await expect(pool.listen("x", (payload) => heard.push(payload))).rejects.toMatchObject({ code: "25006" });
  expect(await eventually(() => heard[0])).toBe("woken");
});
