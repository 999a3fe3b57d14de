import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAddressList } from "./address-list.ts";
import { clientAddressOf } from "./client-address.ts";

const trustedProxies = createAddressList(["10.0.0.0/8", "fd00::/8"], "trusted proxy");

const clientOf = (remoteAddress: string, forwardedFor?: string): string | undefined =>
  clientAddressOf(
    { socket: { remoteAddress }, headers: { "x-forwarded-for": forwardedFor } } as unknown as IncomingMessage,
    trustedProxies,
  );

test.each<[string, string, string | undefined, string | undefined]>([
  ["a sender without a proxy", "203.0.113.9", undefined, "203.0.113.9"],
  ["a sender that forges the header", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["one proxy", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["two proxies", "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"],
  ["two proxies, the outer over IPv6", "10.0.0.1", "2001:db8::5,fd00::2", "2001:db8::5"],
  ["a forged entry before what the proxy saw", "10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
  ["a forged proxy of ours before it", "10.0.0.1", "198.51.100.1, 10.0.0.9, 203.0.113.9", "203.0.113.9"],
  ["a proxy that adds ports", "10.0.0.1", "203.0.113.9:51034", "203.0.113.9"],
  ["a proxy that adds ports to IPv6", "10.0.0.1", "[2001:db8::5]:51034", "2001:db8::5"],
  ["a client inside", "10.0.0.1", "10.0.0.7, 10.0.0.2", "10.0.0.7"],
  ["a proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
  ["a proxy that says nonsense", "10.0.0.1", "unknown", "unknown"],
])("behind %s the client is known", (_name, peer, header, client) => {
  expect(clientOf(peer, header)).toBe(client);
});

test("whatever a sender writes in front, the address that our proxy saw is taken", () => {
  const hop = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom("10.0.0.1", "127.0.0.1", ""));
  fc.assert(
    fc.property(fc.array(hop), (forged) => {
      expect(clientOf("10.0.0.1", [...forged, "203.0.113.9"].join(","))).toBe("203.0.113.9");
    }),
  );
});
