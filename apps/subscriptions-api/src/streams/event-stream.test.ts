import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { eventually } from "@carewire/testkit";
import type { Request, Response } from "express";
import { afterEach, expect, test } from "vitest";
import { type EventStream, openEventStream } from "./event-stream.ts";

let server: Server;
let reader: Socket;
const errors: unknown[] = [];

/** A stream to a reader that reads nothing. */
async function openUnread(): Promise<EventStream> {
  const opened = Promise.withResolvers<EventStream>();
  server = createServer((req, res) => {
    res.on("error", (error) => errors.push(error));
    opened.resolve(openEventStream(req as Request, res as Response));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  reader = connect((server.address() as AddressInfo).port, "127.0.0.1");
  reader.on("error", () => {});
  reader.pause();
  reader.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  return opened.promise;
}

afterEach(() => {
  reader.destroy();
  server.close();
});

test("after its end nothing is sent, and a reader that does not read holds its connection for seconds only", async () => {
  const stream = await openUnread();
  let isOver = false;
  stream.onEnd(() => {
    isOver = true;
  });
  const text = "x".repeat(1_000_000);
  await eventually(() => {
    stream.send("much", { text });
    return stream.waitingBytes() > 5_000_000;
  });
  stream.end();
  expect([stream.isOpen(), stream.send("late", {}), isOver]).toEqual([false, false, false]);
  stream.beat();
  stream.end();
  await stream.drained();
  await eventually(() => isOver);
  expect(errors).toEqual([]);
});

test("whoever asks to be told of the end after it is told at once", async () => {
  const stream = await openUnread();
  reader.destroy();
  await eventually(() => !stream.isOpen());
  let isOver = false;
  stream.onEnd(() => {
    isOver = true;
  });
  expect(isOver).toBe(true);
});
