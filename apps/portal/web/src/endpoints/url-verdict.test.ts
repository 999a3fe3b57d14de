import { expect, test } from "vitest";
import { urlVerdict } from "./url-verdict.ts";

const connected = { outcome: "connected", detail: "Somebody is there.", duration_ms: 12, tls: null } as const;
const allowed = {
  outcome: "allowed",
  detail: null,
  url: "https://a.example/hook",
  warnings: [],
  connection: connected,
} as const;

test("a refusal is in the server's words", () => {
  const refused = {
    ...allowed,
    outcome: "destination_not_allowed",
    detail: "Use https.",
    url: null,
    connection: null,
  } as const;
  expect(urlVerdict({ ...refused, warnings: [] })).toEqual({ kind: "wrong", text: "Use https." });
});

test("a connection tells how fast it was, and how long its certificate is good", () => {
  const tls = { protocol: "TLSv1.3", certificate_expires_at: "2027-01-31T00:00:00.000Z" };
  expect(urlVerdict({ ...allowed, warnings: [], connection: { ...connected, tls } })).toEqual({
    kind: "reachable",
    text: "Connected in 12 ms, TLSv1.3, certificate good until 2027-01-31.",
  });
});

test("where nobody answers is allowed, and said", () => {
  const connection = { ...connected, outcome: "unreachable", detail: "Nobody answers there." } as const;
  expect(urlVerdict({ ...allowed, warnings: [], connection })).toEqual({
    kind: "doubtful",
    text: "Nobody answers there.",
  });
});

test("a host of deceptive letters is shown as it is, although it can be reached", () => {
  const url = "https://xn--80ak6aa92e.com/";
  expect(urlVerdict({ ...allowed, url, warnings: ["internationalised_host"] })).toMatchObject({
    kind: "doubtful",
    text: expect.stringContaining("xn--80ak6aa92e.com"),
  });
});
