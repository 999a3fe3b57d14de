import { expect, test } from "vitest";
import { headerLines, outgoingHeaders } from "./outgoing-headers.ts";

const message = { messageId: "evt_1", timestampSeconds: 1_772_366_400, signature: "v1,abc= v1,def=" };

test("the headers are these, in this order, and nothing else", () => {
  expect(outgoingHeaders({ ...message, traceparent: "00-a-b-01" })).toEqual([
    "content-type",
    "application/json",
    "user-agent",
    "Carewire/1",
    "webhook-id",
    "evt_1",
    "webhook-timestamp",
    "1772366400",
    "webhook-signature",
    "v1,abc= v1,def=",
    "traceparent",
    "00-a-b-01",
  ]);
});

test("without a trace there is no traceparent", () => {
  expect(outgoingHeaders({ ...message, traceparent: null })).not.toContain("traceparent");
});

test("the record of them is one line per header, exactly as sent", () => {
  const headers = outgoingHeaders({ ...message, traceparent: null });
  expect(headerLines(headers).split("\n")[1]).toBe("user-agent: Carewire/1");
  expect(
    headerLines(headers)
      .trimEnd()
      .split("\n")
      .flatMap((line) => line.split(/: (.*)/s, 2)),
  ).toEqual(headers);
  expect(headerLines([])).toBe("");
});
