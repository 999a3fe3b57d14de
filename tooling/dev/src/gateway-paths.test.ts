import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./paths.ts";

const gateway = readFileSync(join(root, "tooling/docker/gateway.conf"), "utf8");
const [publicDoor = "", portal = "", operations = ""] = gateway.split(/^server \{$/m).slice(1);

interface Location {
  operator: string;
  pattern: string;
  target: string;
}

const locationsOf = (server: string): Location[] =>
  [...server.matchAll(/^ {2}location (?:(=|~\*?) )?(\S+) \{\n {4}(?:return|set \$service) (\S+);/gm)].map(
    ([, operator = "", pattern = "", target = ""]) => ({ operator, pattern, target }),
  );

/** Where a server sends a path, in nginx's order: exact, the first regex, the longest prefix. */
function targetOf(server: string, path: string): string | undefined {
  const locations = locationsOf(server);
  const exact = locations.find(({ operator, pattern }) => operator === "=" && pattern === path);
  const regex = locations.find(
    ({ operator, pattern }) =>
      operator.startsWith("~") && new RegExp(pattern, operator === "~*" ? "i" : "").test(path),
  );
  const prefixes = locations.filter(({ operator, pattern }) => operator === "" && path.startsWith(pattern));
  const [longest] = prefixes.sort((one, other) => other.pattern.length - one.pattern.length);
  return (exact ?? regex ?? longest)?.target;
}

test("every location is read", () => {
  const count = [publicDoor, portal, operations].flatMap(locationsOf).length;
  expect(count).toBe(gateway.match(/^\s*location /gm)?.length);
});

test.each([
  "/v1/envelopes",
  "/v1/envelopes/",
  "/v1/Envelopes",
  "/v1/ENVELOPES/",
  "/v1/envelopes\\",
  "/v1/envelopes\u00a0",
  "/V1/envelopes",
  "/metrics",
  "/readyz",
])("%j cannot be reached from outside", (path) => {
  expect(targetOf(publicDoor, path)).toBe("404");
});

test.each(["/metrics", "/Metrics/", "/readyz", "/READYZ", "/metrics\\"])(
  "%j of the portal and of dlq-admin cannot be reached from outside",
  (path) => expect([targetOf(portal, path), targetOf(operations, path)]).toEqual(["404", "404"]),
);

test.each([
  ["/v1/events", publicDoor, "http://subscriptions-api:4000"],
  ["/api/webhooks/stripe", publicDoor, "http://ingress-payments:4101"],
  ["/subscriptions", portal, "http://portal:4030"],
  ["/session", operations, "http://dlq-admin:4020"],
])("%s leads to its service", (path, server, service) => {
  expect(targetOf(server, path)).toBe(service);
});

test.each([
  ["the public paths", publicDoor],
  ["the portal", portal],
  ["dlq-admin", operations],
])("%s: a body goes on to its service as it comes, and is kept nowhere before", (_name, server) => {
  const indent = server === publicDoor ? "  " : "    ";
  for (const directive of [
    "proxy_http_version 1.1",
    "proxy_request_buffering off",
    "proxy_max_temp_file_size 0",
  ]) {
    expect(server).toContain(`\n${indent}${directive};\n`);
  }
});
