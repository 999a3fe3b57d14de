import type { AttemptRecord } from "@carewire/delivery";
import { createLogger, type LogLevel } from "@carewire/service-kit";
import { expect, test, vi } from "vitest";
import { attemptLogFields, createAttemptLog } from "./attempt-log.ts";
import type { ClaimedDelivery } from "./store/claim.ts";

const delivery: ClaimedDelivery = {
  id: "d-1",
  organizationId: "o-1",
  eventId: "e-1",
  subscriptionId: "s-1",
  shard: 3,
  lane: 1,
  attempt: 2,
  retries: 1,
  leaseToken: "17",
  probe: false,
  subscriptionVersion: 4,
  bodyBytes: 100,
};
const record: AttemptRecord = {
  attemptId: "a-1",
  deliveryId: "d-1",
  organizationId: "o-1",
  leaseToken: "17",
  attempt: 2,
  retries: 2,
  outcome: "http_5xx",
  httpStatus: 500,
  durationMs: 12.4,
  error: null,
  requestHeaders: '{"webhook-signature":"v1,c2VjcmV0"}',
  responseHeaders: '{"set-cookie":"patient=1"}',
  responseBody: Buffer.from("sealed patient data"),
  nextStep: "retry",
  reason: "answered 500; retry 2 of 7",
  delayMs: 300_000,
  startedAtMs: 1_772_366_400_000,
};

const circumstances = {
  breaker: "half_open",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

test("an attempt is one line with its ids, outcome and next step, and nothing that was sent or answered", () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "dispatcher", allowedFields: attemptLogFields, destination });
  createAttemptLog({ logger, level: "info" })?.(record, delivery, circumstances);
  expect(lines).toHaveLength(1);
  const { time: _time, ...line } = JSON.parse(lines[0] ?? "");
  expect(line).toEqual({
    level: "info",
    service: "dispatcher",
    organization_id: "o-1",
    event_id: "e-1",
    subscription_id: "s-1",
    delivery_id: "d-1",
    attempt: 2,
    lane: 1,
    trigger: "single",
    breaker: "half_open",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    outcome: "http_5xx",
    status: 500,
    duration_ms: 12,
    next_step: "retry",
    retry_in_ms: 300_000,
    reason: "answered 500; retry 2 of 7",
    msg: "attempt",
  });
});

test.each<[LogLevel, boolean]>([
  ["debug", true],
  ["info", true],
  ["warn", false],
  ["error", false],
  ["fatal", false],
])("at level %s attempts are logged: %s", (level, logged) => {
  expect(createAttemptLog({ logger: { info: vi.fn() }, level }) !== null).toBe(logged);
});
