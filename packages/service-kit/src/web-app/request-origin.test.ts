import { request } from "node:http";
import { expect, test } from "vitest";
import { startTestService } from "../service/testing/start-test-service.ts";
import { requireOwnOrigin } from "./request-origin.ts";

const start = () =>
  startTestService({
    routes: (app) => app.all("/thing", requireOwnOrigin, (_req, res) => void res.json({ done: true })),
  });

/** Over node:http: fetch would set Sec-Fetch-Mode itself and refuse to set the others. */
function statusOf(url: string, method: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/thing`, { method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.once("error", reject);
    sent.end();
  });
}

test.each([
  [{ "sec-fetch-site": "same-origin" }, 200, 200],
  [{ "sec-fetch-site": "same-origin", origin: "https://behind-a-proxy.example" }, 200, 200],
  [{ "sec-fetch-site": "none" }, 200, 403],
  [{ "sec-fetch-site": "same-site" }, 403, 403],
  [{ "sec-fetch-site": "cross-site" }, 403, 403],
  [{ "sec-fetch-site": "cross-site", origin: "http://127.0.0.1" }, 403, 403],
  [{ host: "carewire.example", origin: "https://carewire.example" }, 200, 200],
  [{ host: "carewire.example", origin: "https://carewire.example.evil.example" }, 403, 403],
  [{ host: "carewire.example", origin: "https://carewire.example:8443" }, 403, 403],
  [{ origin: "null" }, 403, 403],
  [{ origin: "nonsense" }, 403, 403],
  [{}, 200, 403],
])("with %j a read is answered %i and a change %i", async (headers, read, change) => {
  const { url } = await start();
  const given: Record<string, string> = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  expect(await statusOf(url, "GET", given)).toBe(read);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    expect(await statusOf(url, method, given)).toBe(change);
});
