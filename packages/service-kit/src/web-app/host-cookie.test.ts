import type { Request } from "express";
import { expect, test } from "vitest";
import { startTestService } from "../service/testing/start-test-service.ts";
import { createHostCookie } from "./host-cookie.ts";

const cookie = createHostCookie({ name: "session", sameSite: "strict" });
const readFrom = (header: string | undefined) => cookie.read({ headers: { cookie: header } } as Request);

test.each([
  [undefined, null],
  ["", null],
  ["__Host-session=abc", "abc"],
  ["theme=dark; __Host-session=a-b_c; x=1", "a-b_c"],
  ["session=abc", null],
  ["x__Host-session=abc", null],
  ["__Host-session=", null],
  ["__Host-session=a%20b", null],
  ["__Host-session=abc; __Host-session=def", null],
])("a cookie header of %j holds %j", (header, value) => {
  expect(readFrom(header)).toBe(value);
});

async function answerOf(sameSite: "strict" | "lax" | "none"): Promise<string[]> {
  const { url } = await startTestService({
    routes: (app) =>
      app.get("/sign-in", (_req, res) => {
        const made = createHostCookie({ name: "session", sameSite });
        made.set(res, "token", 60);
        made.clear(res);
        res.end();
      }),
  });
  return (await fetch(`${url}/sign-in`)).headers.getSetCookie();
}

test("it is set for this host alone, out of reach of scripts, and cleared with the same attributes", async () => {
  const [set, cleared] = await answerOf("strict");
  expect(set).toMatch(
    /^__Host-session=token; Max-Age=60; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
  expect(cleared).toMatch(
    /^__Host-session=; Path=\/; Expires=Thu, 01 Jan 1970 [^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
});

test("inside frames it is kept apart for each site around it", async () => {
  const [set] = await answerOf("none");
  expect(set).toMatch(/; Secure; Partitioned; SameSite=None$/);
});
