import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { createSendRequest } from "./request.ts";

const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": 100 });
  response.write('{"data":', () => response.destroy());
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => void server.close());

test("a connection that is cut inside an answer is an API that cannot be reached", async () => {
  const send = createSendRequest({ url, apiKey: "cw_test", fetch });
  await expect(send({ method: "GET", path: "/v1/events" })).rejects.toMatchObject({
    name: "CliError",
    exitCode: exitCodes.unreachable,
    message: expect.stringContaining(`${url} cannot be reached`),
  });
});
