import type { SendOutcome } from "@carewire/delivery";
import { createFakeClock } from "@carewire/testkit";
import { beforeEach, expect, test } from "vitest";
import { createProxyGate, type ProxyGate } from "./proxy-gate.ts";

const clock = createFakeClock(1_000_000);
const away: SendOutcome = { kind: "proxy_failed", fault: "proxy", detail: "away" };
const answered: SendOutcome = {
  kind: "response",
  status: 500,
  headers: {},
  body: Buffer.alloc(0),
  truncated: false,
};
let closures: string[];
let gate: ProxyGate;

beforeEach(() => {
  closures = [];
  gate = createProxyGate({ clock, onClosed: (detail) => closures.push(detail) });
});

/** How long it stays closed from now on. */
function closedForMs(): number {
  let ms = 0;
  for (; gate.closed(); ms += 100) clock.advance(100);
  return ms;
}

test("it is open until the proxy fails, and a claim's failures make one pause, told once", () => {
  expect(gate.closed()).toBe(false);
  for (let i = 0; i < 250; i++) gate.noted(away);
  expect(closedForMs()).toBe(1_000);
  expect(closures).toEqual(["away"]);
});

test("pauses grow to 15 s while it stays away", () => {
  const pauses = Array.from({ length: 7 }, () => {
    gate.noted(away);
    return closedForMs();
  });
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test.each<SendOutcome>([
  answered,
  { kind: "network", fault: "connect", detail: "x" },
  { kind: "proxy_failed", fault: "destination", detail: "x" },
])("%j shows that it is back", (outcome) => {
  gate.noted(away);
  gate.noted(outcome);
  expect(gate.closed()).toBe(false);
  gate.noted(away);
  expect(closedForMs()).toBe(1_000);
});

test.each<SendOutcome>([
  { kind: "network", fault: "dns", detail: "x" },
  { kind: "not_allowed" },
  { kind: "payload_erased" },
])("%j says nothing about it", (outcome) => {
  gate.noted(away);
  gate.noted(outcome);
  expect(gate.closed()).toBe(true);
});
