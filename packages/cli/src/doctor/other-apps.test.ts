import { expect, test } from "vitest";
import type { DemoState } from "../config/demo-state.ts";
import type { Setting } from "../config/settings.ts";
import { otherApps } from "./other-apps.ts";

const local = "local stack (.carewire/demo.json)";
const api = "http://127.0.0.1:4000";
const urls = {
  "subscriptions-api": api,
  "ingress-payments": "http://127.0.0.1:4101",
  "dlq-admin": "http://127.0.0.1:4020",
};
const demo: DemoState = { folder: "", urls, secrets: {}, pids: {} };
const find = (url: string, admin: Setting | null) => (name: string) =>
  name === "url" ? { value: url, source: "--url" } : admin;

test("of a local stack every app is looked at", () => {
  const admin = { value: urls["dlq-admin"], source: local };
  expect(otherApps({ demo, find: find(api, admin) })).toEqual([
    ["dlq-admin", "http://127.0.0.1:4020"],
    ["ingress-payments", "http://127.0.0.1:4101"],
  ]);
});

test("a local stack's apps are nothing to another API", () => {
  expect(otherApps({ demo, find: find("https://api.example.com", null) })).toEqual([]);
});

test("a dlq-admin that somebody set is looked at, wherever it is", () => {
  const admin = { value: "https://dlq.example.com", source: "CAREWIRE_ADMIN_URL" };
  expect(otherApps({ demo: null, find: find("https://api.example.com", admin) })).toEqual([
    ["dlq-admin", "https://dlq.example.com"],
  ]);
});
