import { expect, test } from "vitest";
import { urlAdvice } from "./url-advice.ts";

test.each([
  ["", "empty"],
  ["example.com/hook", "wrong"],
  ["ftp://example.com", "wrong"],
  ["https://", "wrong"],
  ["https://user:pw@example.com/", "wrong"],
  ["https://example.com/#part", "wrong"],
  ["https://аррӏе.com/hook", "doubtful"],
  ["http://example.com/hook", "doubtful"],
  ["http://127.0.0.1:9009/hook", "doubtful"],
  ["https://[::1]/", "doubtful"],
  ["https://hooks.example.com/carewire", "fine"],
  ["  https://hooks.example.com/carewire ", "fine"],
])("%s is %s", (url, kind) => expect(urlAdvice(url).kind).toBe(kind));

test("a host that is written with other letters is shown as it really is", () => {
  expect(urlAdvice("https://аррӏе.com/")).toMatchObject({
    text: expect.stringContaining("xn--80ak6aa92e.com"),
  });
});
