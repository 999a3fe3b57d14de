import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findDemoState } from "./demo-state.ts";

const folder = mkdtempSync(join(tmpdir(), "carewire-demo-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function checkoutWith(name: string, state: unknown): string {
  const checkout = join(folder, name);
  mkdirSync(join(checkout, ".carewire"), { recursive: true });
  writeFileSync(join(checkout, ".carewire", "demo.json"), JSON.stringify(state));
  return checkout;
}

const api = "http://127.0.0.1:4000";

test.each(["http://127.0.0.1:4020", "http://localhost:4020", "http://[::1]:4020"])(
  "a stack of this machine is found: %s",
  (url) => {
    const checkout = checkoutWith("own", { urls: { "subscriptions-api": api, "dlq-admin": url } });
    expect(findDemoState(checkout)).toMatchObject({ folder: checkout, urls: { "dlq-admin": url } });
  },
);

test.each([
  ...["https://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1@evil.example"],
  ...["http://0.0.0.0:4020", "no address", "", null, 4020],
])("a stack with an address that is not this machine's is passed over: %s", (url) => {
  const own = checkoutWith("own", { urls: { "subscriptions-api": api } });
  const cloned = checkoutWith("own/cloned", { urls: { "subscriptions-api": api, "dlq-admin": url } });
  expect(findDemoState(cloned)).toMatchObject({ folder: own });
});

test.each([null, "text", { urls: "http://127.0.0.1:4000" }, { urls: [1] }])(
  "a file that is no stack's is passed over: %j",
  (state) => {
    expect(findDemoState(checkoutWith("broken", state))).toBeNull();
  },
);

test("a stack of another user of this machine is passed over", () => {
  const checkout = checkoutWith("theirs", { urls: { "subscriptions-api": api } });
  const userId = process.getuid?.() ?? 0;
  expect(findDemoState(checkout, userId)).toMatchObject({ folder: checkout });
  expect(findDemoState(checkout, userId + 1)).toBeNull();
});
