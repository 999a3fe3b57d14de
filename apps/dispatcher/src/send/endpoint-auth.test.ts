import { customHeaders, noCustomHeaders } from "@carewire/delivery";
import { describe, expect, test } from "vitest";
import { parseClientIdentity } from "./client-identity.ts";
import { parseEndpointAuth, withAuthentication } from "./endpoint-auth.ts";

const subscription = { id: "s1", version: 3 };
const parse = (stored: unknown) => parseEndpointAuth(subscription, Buffer.from(JSON.stringify(stored)));

test("basic is user and password in UTF-8", () => {
  expect(parse({ type: "basic", username: "klinik", password: "pässwort:1" })).toEqual({
    type: "fixed",
    authorization: `Basic ${Buffer.from("klinik:pässwort:1").toString("base64")}`,
    secret: "pässwort:1",
  });
});

test("a bearer token is sent as it is", () => {
  expect(parse({ type: "bearer", token: "t" })).toMatchObject({ authorization: "Bearer t", secret: "t" });
});

test("a token of OAuth2 belongs to one version of one subscription", () => {
  const stored = {
    type: "oauth2",
    token_url: "https://id.example.com/token",
    client_id: "c",
    client_secret: "s",
  };
  expect(parse(stored)).toMatchObject({
    client: { id: "s1:3", clientId: "c", clientSecret: "s", scope: null },
  });
});

test.each([
  "{canary",
  '"canary"',
  '{"type":"canary"}',
  '{"type":"bearer","token":["canary"]}',
  '{"type":"oauth2","token_url":"canary","client_id":"c","client_secret":"canary"}',
])("%s is not of a known shape, and the error repeats none of it", (text) => {
  for (const parseOpened of [
    () => parseEndpointAuth(subscription, Buffer.from(text)),
    () => parseClientIdentity("s1", Buffer.from(text)),
  ]) {
    expect(parseOpened).toThrow(/of subscription s1 is not of a known shape/);
    expect(parseOpened).not.toThrow(/canary/);
  }
});

describe("in the headers", () => {
  test("what stays is sent, shown masked, and looked for in what comes back", () => {
    const headers = withAuthentication(
      customHeaders({ "x-tenant": "a" }, {}),
      parse({ type: "bearer", token: "canary" }),
    );
    expect(headers).toEqual({
      sent: ["x-tenant", "a", "authorization", "Bearer canary"],
      shown: "x-tenant: a\nauthorization: ***\n",
      secrets: ["Bearer canary", "canary"],
    });
  });

  test("of basic, an endpoint may give back the credential without its scheme: that is looked for too", () => {
    const { secrets } = withAuthentication(
      noCustomHeaders,
      parse({ type: "basic", username: "u", password: "p" }),
    );
    expect(secrets).toEqual(["Basic dTpw", "dTpw", "p"]);
  });

  test("it replaces a header given by hand: two would be none", () => {
    const given = customHeaders({ Authorization: "by hand", "x-tenant": "a" }, {});
    const { sent, shown } = withAuthentication(given, parse({ type: "bearer", token: "t" }));
    expect(sent).toEqual(["x-tenant", "a", "authorization", "Bearer t"]);
    expect(shown).toBe("x-tenant: a\nauthorization: ***\n");
  });

  test("nothing is added without authentication", () => {
    expect(withAuthentication(noCustomHeaders, null)).toBe(noCustomHeaders);
  });
});

test("the same certificate of two subscriptions makes two identities, and a new one another", () => {
  const identityOf = (id: string, certificate: string) =>
    parseClientIdentity(id, Buffer.from(JSON.stringify({ certificate, key: "k" }))).id;
  const ids = [identityOf("s1", "c"), identityOf("s2", "c"), identityOf("s1", "d")];
  expect(new Set(ids).size).toBe(3);
  expect(identityOf("s1", "c")).toBe(ids[0]);
});
