import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answerJson, stubCaller } from "../testing/start-stub-api.ts";
import { embedOrigin, startTestPortal, type TestPortal } from "../testing/start-test-portal.ts";
import { sessionMark } from "./session-mark.ts";

let portal: TestPortal;

beforeAll(async () => {
  portal = await startTestPortal();
});
beforeEach(() => {
  portal.api.requests.length = 0;
  portal.api.answer = null;
});
afterAll(() => portal.stop());

const signIn = (body: object, headers: Record<string, string | undefined> = {}) =>
  portal.send({ method: "POST", path: "/session", body, headers });
const key = "cw_live_0123456789";
const link = "cw_link_0123456789";
const cookie = "__Host-portal=cw_sess_old";

/** The cookies of an answer that hold something. */
const cookiesOf = (headers: Headers): string[] =>
  headers.getSetCookie().filter((text) => !/^[^=]+=;/.test(text));

describe("signing in", () => {
  test("makes a session of an API key; the page never sees its token", async () => {
    const askedAtMs = Date.now();
    const answer = await signIn({ api_key: key });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, stubCaller]);
    expect(answer.text).not.toContain("cw_sess_");
    expect(portal.api.requests).toMatchObject([
      { method: "POST", url: "/v1/sessions", headers: { authorization: `Bearer ${key}` } },
    ]);
    const [made, ...others] = cookiesOf(answer.headers);
    expect(made).toMatch(
      /^__Host-portal=cw_sess_new; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    const maxAgeSeconds = Number(/Max-Age=(\d+)/.exec(made ?? "")?.[1]);
    const [leftAtMost, leftAtLeast] = [askedAtMs, Date.now()].map(
      (atMs) => (Date.parse(stubCaller.expires_at) - atMs) / 1_000,
    ) as [number, number];
    expect(maxAgeSeconds).toBeGreaterThan(leftAtLeast - 1.5);
    expect(maxAgeSeconds).toBeLessThan(leftAtMost + 1.5);
    expect(others).toEqual([]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("by a link for a frame makes cookies that live in that frame only", async () => {
    portal.api.answer = (_request, res) =>
      answerJson(res, 201, { ...stubCaller, token: "cw_sess_new", embed_origin: embedOrigin });
    const answer = await signIn({ access_token: link });
    const made = cookiesOf(answer.headers);
    expect(made.map((text) => text.split("=")[0])).toEqual([
      "__Host-portal-frame",
      "__Host-portal-frame-origin",
    ]);
    for (const text of made) expect(text).toMatch(/; HttpOnly; Secure; Partitioned; SameSite=None$/);
  });

  test("by a link for a frame that is not configured makes no session, and ends the one that was made", async () => {
    portal.api.answer = ({ method }, res) =>
      method === "DELETE"
        ? answerJson(res, 204)
        : answerJson(res, 201, { ...stubCaller, token: "cw_sess_new", embed_origin: "https://evil.example" });
    const answer = await signIn({ access_token: link });
    expect([answer.status, cookiesOf(answer.headers)]).toEqual([403, []]);
    expect(portal.api.requests.at(-1)).toMatchObject({
      method: "DELETE",
      headers: { authorization: "Bearer cw_sess_new" },
    });
  });

  test("takes the place of the session there was, which ends: nobody fixes a session on somebody else", async () => {
    const answer = await signIn({ api_key: key }, { cookie });
    expect(cookiesOf(answer.headers)[0]).toContain("__Host-portal=cw_sess_new");
    expect(portal.api.requests.at(-1)).toMatchObject({
      method: "DELETE",
      url: "/v1/session",
      headers: { authorization: "Bearer cw_sess_old" },
    });
  });

  test.each([
    [{ api_key: "sk_live_1" }],
    [{ api_key: link }],
    [{ api_key: "cw_sess_0123" }],
    [{ access_token: key }],
    [{ access_token: `${link}\r\nx: y` }],
  ])("with %j is refused without asking anybody", async (body) => {
    expect((await signIn(body)).status).toBe(401);
    expect(portal.api.requests).toEqual([]);
  });

  test.each([{}, { api_key: 1 }, { api_key: key, access_token: link }, { api_key: "x".repeat(300) }])(
    "with %j is 422",
    async (body) => {
      expect((await signIn(body)).status).toBe(422);
    },
  );

  test("that the API refuses says what to do, sets nothing and repeats nothing", async () => {
    portal.api.answer = (_request, res) => answerJson(res, 401, {});
    for (const body of [{ api_key: key }, { access_token: link }]) {
      const answer = await signIn(body);
      expect([answer.status, cookiesOf(answer.headers)]).toEqual([401, []]);
      expect(`${answer.text}${portal.logs()}`).not.toContain("0123456789");
    }
  });

  test("while the API is down is 503 with Retry-After", async () => {
    portal.api.answer = (_request, res) => res.destroy();
    const answer = await signIn({ api_key: key });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  });
});

describe("somebody else's page", () => {
  test.each([
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "https://other.example.com" },
    { "sec-fetch-site": undefined, origin: "https://evil.example" },
    { "sec-fetch-site": undefined, origin: "null" },
    { "sec-fetch-site": undefined },
  ])("with %j neither signs in nor out, nor changes anything: 403", async (headers) => {
    const changes = [
      { method: "POST", path: "/session", body: { api_key: key } },
      { method: "DELETE", path: "/session" },
      { method: "POST", path: "/api/v1/subscriptions", body: {} },
      { method: "DELETE", path: "/api/v1/api-keys/key_1" },
    ];
    for (const change of changes) {
      const answer = await portal.send({ ...change, headers: { ...headers, cookie } });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, "foreign_origin"]);
    }
    expect(portal.api.requests).toEqual([]);
  });

  test("reads nothing either", async () => {
    const headers = { "sec-fetch-site": "cross-site", cookie };
    for (const path of ["/session", "/api/v1/events"])
      expect((await portal.send({ path, headers })).status).toBe(403);
    expect(portal.api.requests).toEqual([]);
  });
});

describe("a session", () => {
  test("says who is signed in", async () => {
    const answer = await portal.send({ path: "/session", headers: { cookie } });
    expect(JSON.parse(answer.text)).toEqual(stubCaller);
    expect(portal.api.requests[0]?.headers.authorization).toBe("Bearer cw_sess_old");
    expect(answer.headers.get("x-portal-session")).toBe(sessionMark("cw_sess_old"));
  });

  test("that is none or has ended is 401; its cookie stays, for the browser's may be a new one by then", async () => {
    expect((await portal.send({ path: "/session" })).status).toBe(401);
    portal.api.answer = (_request, res) => answerJson(res, 401, {});
    const answer = await portal.send({ path: "/session", headers: { cookie } });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
  });

  test("ends at the API and in the browser", async () => {
    const answer = await portal.send({ method: "DELETE", path: "/session", headers: { cookie } });
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-portal=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect(portal.api.requests).toMatchObject([{ method: "DELETE", url: "/v1/session" }]);
  });

  test("that could not be ended at the API is not said to be over", async () => {
    portal.api.answer = (_request, res) => res.destroy();
    const answer = await portal.send({ method: "DELETE", path: "/session", headers: { cookie } });
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining("lasts until it expires")]);
    expect(answer.headers.getSetCookie().some((text) => text.startsWith("__Host-portal=;"))).toBe(true);
  });

  test("in a frame counts before one on our own pages, of which a browser has one at a time", async () => {
    const both = `${cookie}; __Host-portal-frame=cw_sess_framed`;
    await portal.send({ path: "/session", headers: { cookie: both } });
    expect(portal.api.requests[0]?.headers.authorization).toBe("Bearer cw_sess_framed");
  });
});

describe("a page", () => {
  const ancestorsOf = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await portal.send({ path, headers: { accept: "text/html", ...headers } });
    return /frame-ancestors (.*)$/.exec(answer.headers.get("content-security-policy") ?? "")?.[1];
  };
  const frameCookie = (origin: string) =>
    `__Host-portal-frame-origin=${Buffer.from(origin).toString("base64url")}`;

  test("is framed by nobody, whatever is asked", async () => {
    expect(await ancestorsOf("/")).toBe("'none'");
    for (const path of [
      "/access?embed=https://evil.example",
      "/access?embed=*",
      "/?embed=",
      "/access?embed=%27none%27",
    ])
      expect(await ancestorsOf(path)).toBe("'none'");
    expect(await ancestorsOf("/", { cookie: frameCookie("https://evil.example") })).toBe("'none'");
  });

  test("is framed by the configured page that a link names, and again when the frame is loaded anew", async () => {
    expect(await ancestorsOf(`/access?embed=${encodeURIComponent(embedOrigin)}`)).toBe(embedOrigin);
    expect(await ancestorsOf("/endpoints", { cookie: frameCookie(embedOrigin) })).toBe(embedOrigin);
  });

  test("and every answer of the API are framed by nobody", async () => {
    const answer = await portal.send({ path: "/api/v1/events", headers: { cookie } });
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});
