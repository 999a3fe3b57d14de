import { expect, test } from "vitest";
import { explainAttempt } from "./explain-attempt.ts";

const attempt = (outcome: string, response_code: number | null = null, next_step = "retry") => ({
  outcome,
  response_code,
  next_step,
  response_headers: null,
});

const outcomes = [
  "timeout",
  "network_dns",
  "network_connect",
  "network_tls",
  "network_reset",
  "network_protocol",
  "not_allowed",
  "proxy_failed",
  "auth_failed",
  "internal_error",
  "payload_unreadable",
  "payload_erased",
  "lost",
];

test.each(outcomes)("the outcome %s is explained in words of its own", (outcome) => {
  const { title, meaning } = explainAttempt(attempt(outcome));
  expect(title).not.toBe("Not delivered");
  expect(meaning).not.toContain(outcome);
});

test.each([400, 401, 403, 404, 405, 408, 410, 413, 415, 418, 429, 500, 502, 503, 504])(
  "the answer %i says what to do",
  (status) => {
    const { title, advice } = explainAttempt(attempt(`http_${Math.floor(status / 100)}xx`, status));
    expect(title).toContain(String(status));
    expect(advice.length).toBeGreaterThan(0);
  },
);

test("a 204 that was not a success is about what counts as one", () => {
  expect(explainAttempt(attempt("http_2xx", 204)).meaning).toContain("only 200");
  expect(explainAttempt(attempt("http_2xx", 204, "delivered")).title).toBe("Delivered");
});

test("a redirect names where it leads", () => {
  const redirect = { ...attempt("http_3xx", 301), response_headers: { location: "https://b.example/" } };
  expect(explainAttempt(redirect).meaning).toContain("https://b.example/");
});

test("an outcome that came later than this code is named as it is", () => {
  expect(explainAttempt(attempt("teleported")).meaning).toContain("teleported");
});
