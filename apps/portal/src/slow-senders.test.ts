import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { eventually } from "@carewire/testkit";
import { expect, onTestFinished, test } from "vitest";
import { type PortalRequest, startTestPortal, type TestPortal } from "./testing/start-test-portal.ts";

const begun: ClientRequest[] = [];

function hangUp(): void {
  for (const request of begun.splice(0)) request.destroy();
}

async function startPortal(options?: { heldBytesMax: number }): Promise<TestPortal> {
  const portal = await startTestPortal(options);
  onTestFinished(async () => {
    hangUp();
    await portal.stop();
  });
  return portal;
}

/** Of the right form, which is all that the portal can tell. */
const cookie = "__Host-portal=cw_sess_nobody";

/** Begins a request, of which the portal knows then, and sends less of its body than it says. */
async function begin(portal: TestPortal, { method, path }: PortalRequest, sent = ""): Promise<void> {
  const headers = {
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    "content-length": sent.length + 10,
    expect: "100-continue",
    cookie,
  };
  const request = httpRequest(`${portal.url}${path}`, { method, headers });
  begun.push(request);
  request.on("error", () => {});
  request.flushHeaders();
  await once(request, "continue");
  request.write(sent);
}

const beginMany = (portal: TestPortal, count: number, given: PortalRequest, sent?: string) =>
  Promise.all(Array.from({ length: count }, () => begin(portal, given, sent)));

test.each<[string, number, PortalRequest, string]>([
  ["sign-ins", 64, { method: "POST", path: "/session" }, "/session"],
  ["calls", 256, { method: "PATCH", path: "/api/v1/subscriptions/x" }, "/api/v1/subscriptions"],
  ["live views", 512, { method: "GET", path: "/api/v1/tail" }, "/api/v1/tail"],
])(
  "as many unfinished %s as may be answered at a time keep nobody out",
  async (_what, count, unfinished, path) => {
    const portal = await startPortal();
    await beginMany(portal, count, unfinished);
    const answer = await portal.send({ path, headers: { cookie } });
    expect(answer.status, answer.text).toBe(200);
  },
);

test("bodies that take as much memory as they may are 503 with Retry-After; what has none goes on, and they go on once others are gone", async () => {
  const portal = await startPortal({ heldBytesMax: 4_000 });
  const call = { method: "POST", path: "/api/v1/subscriptions", headers: { cookie } };
  const publish = () => portal.send({ ...call, body: { name: "x".repeat(1_000) } });
  await beginMany(portal, 2, call, "x".repeat(1_999));
  const refused = await eventually(async () => {
    const answer = await publish();
    return answer.status === 503 && answer;
  });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await portal.send({ path: call.path, headers: { cookie } })).status).toBe(200);
  hangUp();
  await eventually(async () => (await publish()).status === 200);
});

test("a body is held no longer than until its request is answered", async () => {
  const portal = await startPortal({ heldBytesMax: 4_000 });
  for (let n = 0; n < 5; n++) {
    const body = { name: "x".repeat(1_500) };
    const answer = await portal.send({
      method: "POST",
      path: "/api/v1/subscriptions",
      headers: { cookie },
      body,
    });
    expect(answer.status).toBe(200);
  }
});
