import { expect, test } from "vitest";
import { customHeaders, parseSensitiveHeaders, withoutSecrets } from "./custom-headers.ts";

test("plain headers are sent and shown, sensitive ones sent and masked", () => {
  expect(customHeaders({ "x-tenant": "clinic-7" }, { "x-api-key": "canary" })).toEqual({
    sent: ["x-tenant", "clinic-7", "x-api-key", "canary"],
    shown: "x-tenant: clinic-7\nx-api-key: ***\n",
    secrets: ["canary"],
  });
});

test.each(["Authorization", "authorization", "COOKIE"])(
  "%s is masked although it was given as plain",
  (name) => {
    const headers = customHeaders({ [name]: "Bearer canary" }, {});
    expect(headers.sent).toEqual([name, "Bearer canary"]);
    expect(headers.shown).toBe(`${name}: ***\n`);
    expect(headers.secrets).toEqual(["Bearer canary"]);
  },
);

test("of two with the same name the sensitive one is sent, once", () => {
  const headers = customHeaders({ "X-Key": "plain" }, { "x-key": "canary" });
  expect(headers.sent).toEqual(["x-key", "canary"]);
  expect(headers.shown).not.toContain("plain");
});

test("an empty value is no secret to look for", () => {
  expect(customHeaders({}, { "x-key": "" }).secrets).toEqual([]);
});

test("secrets that come back are masked wherever they stand, as text and not as a pattern", () => {
  expect(withoutSecrets("a: k.y k.y\nb: kay\n", ["k.y"])).toBe("a: *** ***\nb: kay\n");
  expect(withoutSecrets("a: 1\n", [])).toBe("a: 1\n");
});

test("a secret that holds another one is masked as a whole, in whatever order they are given", () => {
  for (const secrets of [
    ["acme", "acme-9f8e"],
    ["acme-9f8e", "acme"],
  ]) {
    expect(withoutSecrets("a: acme-9f8e\n", secrets)).toBe("a: ***\n");
  }
});

test.each(['{"x-key":"canary', '["canary"]', '{"x-key":["canary"]}', ""])(
  "stored headers of another shape are refused, and the error does not quote them",
  (stored) => {
    const read = () => parseSensitiveHeaders("s-1", Buffer.from(stored));
    expect(read).toThrow("the sensitive headers of subscription s-1");
    expect(read).not.toThrow(/canary/);
  },
);
