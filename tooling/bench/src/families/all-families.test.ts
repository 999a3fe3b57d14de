import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { allFamilies } from "./all-families.ts";
import type { BenchFamily } from "./family.ts";
import { createBatchRequests } from "./messaging.ts";

/** A request as a server would see it. */
function read(request: Buffer) {
  const headEnd = request.indexOf("\r\n\r\n");
  const [line = "", ...headers] = request.subarray(0, headEnd).toString().split("\r\n");
  const pairs = headers.map((header) => header.split(": ", 2) as [string, string]);
  return { line, headers: Object.fromEntries(pairs), rawBody: request.subarray(headEnd + 4) };
}

test("every family is that of an app", () => {
  const apps = readdirSync(new URL("../../../../apps", import.meta.url));
  for (const { app } of Object.values(allFamilies)) expect(apps).toContain(app);
});

test.each(Object.entries<BenchFamily>(allFamilies))(
  "requests of %s are 1 KiB, signed, and each one another event",
  (_name, family) => {
    const keys = family.createRequests(3).map((request) => {
      const { line, headers, rawBody } = read(request);
      expect(line).toBe(`POST ${family.provider.path} HTTP/1.1`);
      expect(rawBody.length).toBe(1_024);
      const verification = family.provider.verify({ headers, rawBody, params: {}, nowMs: Date.now() });
      if (!verification.ok) throw new Error(verification.code);
      const body = JSON.parse(rawBody.toString());
      const mapped = family.provider.toEnvelopes({
        rawBody,
        body,
        messageId: verification.id,
        nowMs: Date.now(),
      });
      return mapped.ok ? mapped.envelopes[0]?.key : null;
    });
    expect(new Set(keys).size).toBe(3);
  },
);

test("a batch holds as many messages as it was asked for, in less than what Meta sends at most", () => {
  const [request] = createBatchRequests(1, 1_000);
  const { rawBody } = read(request ?? Buffer.alloc(0));
  expect(JSON.parse(rawBody.toString()).entry[0].changes[0].value.messages).toHaveLength(1_000);
  expect(rawBody.length).toBeGreaterThan(2.8e6);
  expect(rawBody.length).toBeLessThan(3e6);
});
