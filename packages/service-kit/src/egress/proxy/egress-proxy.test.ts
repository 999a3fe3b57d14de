import { expect, test } from "vitest";
import { parseEgressProxy } from "./egress-proxy.ts";

test.each([
  ["http://proxy.internal:3128", { kind: "connect", secure: false, host: "proxy.internal", port: 3128 }],
  ["http://10.0.0.5", { kind: "connect", secure: false, host: "10.0.0.5", port: 80 }],
  ["https://proxy.internal/", { kind: "connect", secure: true, port: 443 }],
  ["socks5://[::1]", { kind: "socks5", host: "::1", port: 1080, username: "", password: "" }],
  ["socks5://us%40er:p%3Aw@h:1", { kind: "socks5", username: "us@er", password: "p:w", port: 1 }],
  ["http://user@proxy", { username: "user", password: "" }],
])("%s is understood", (text, expected) => {
  expect(parseEgressProxy(text)).toMatchObject(expected);
});

test.each([
  "proxy:3128",
  "ftp://proxy",
  "socks4://proxy",
  "socks5h://proxy",
  "http://proxy/path",
  "http://proxy?x=1",
  "http://:password@proxy",
  "http://%zz@proxy",
  `socks5://${"u".repeat(256)}:p@proxy`,
  "",
])("%s is refused", (text) => {
  expect(parseEgressProxy(text)).toBeNull();
});
