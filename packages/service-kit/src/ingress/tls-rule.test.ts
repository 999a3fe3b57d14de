import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createAddressList } from "./address-list.ts";
import { createTlsRule } from "./tls-rule.ts";

interface Connection {
  remoteAddress: string;
  encrypted?: boolean;
  proto?: string;
}

const requestOf = ({ remoteAddress, encrypted, proto }: Connection): IncomingMessage => {
  const socket = encrypted === undefined ? { remoteAddress } : { remoteAddress, encrypted };
  return {
    socket,
    headers: proto === undefined ? {} : { "x-forwarded-proto": proto },
  } as unknown as IncomingMessage;
};

const trustedProxies = createAddressList(["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8"], "trusted proxy");

test.each<[string, Connection, boolean]>([
  ["its own TLS listener", { remoteAddress: "203.0.113.9", encrypted: true }, true],
  ["a trusted proxy that saw https", { remoteAddress: "10.1.2.3", proto: "https" }, true],
  ["a trusted proxy as an IPv4-mapped address", { remoteAddress: "::ffff:127.0.0.1", proto: "https" }, true],
  ["a trusted IPv6 proxy", { remoteAddress: "fd00::5", proto: "HTTPS" }, true],
  ["two proxies that both saw https", { remoteAddress: "127.0.0.1", proto: "https, https" }, true],
  ["a chain with one plain hop", { remoteAddress: "127.0.0.1", proto: "https, http" }, false],
  ["a trusted proxy that saw http", { remoteAddress: "10.1.2.3", proto: "http" }, false],
  ["a trusted proxy that says nothing", { remoteAddress: "10.1.2.3" }, false],
  ["a stranger that claims https", { remoteAddress: "203.0.113.9", proto: "https" }, false],
  ["plain HTTP", { remoteAddress: "203.0.113.9" }, false],
])("over %s a request passes: %3$s", (_name, connection, passes) => {
  expect(createTlsRule({ required: true, trustedProxies })(requestOf(connection))).toBe(passes);
});

test("where TLS is not required everything passes", () => {
  expect(
    createTlsRule({ required: false, trustedProxies })(requestOf({ remoteAddress: "203.0.113.9" })),
  ).toBe(true);
});
