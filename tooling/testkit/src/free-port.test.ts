import { createServer } from "node:net";
import { expect, test } from "vitest";
import { findFreePort } from "./free-port.ts";

test("nobody is given a port that another was given a moment ago", async () => {
  const given = await Promise.all(Array.from({ length: 300 }, findFreePort));
  expect(new Set(given).size).toBe(300);
});

test("a port can be listened on", async () => {
  const port = await findFreePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
});
