import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./paths.ts";

const gateway = readFileSync(join(root, "tooling/docker/gateway.conf"), "utf8");

test("no server of the gateway logs queries, in which verify tokens travel", () => {
  const servers = gateway.match(/^server \{$/gm) ?? [];
  const logs = gateway.match(/^ {2}access_log \/var\/log\/nginx\/access\.log path_only;$/gm);
  expect([servers.length > 0, logs?.length]).toEqual([true, servers.length]);
  expect(gateway).not.toMatch(/^ {4,}access_log/m);
  const [format = ""] = gateway.match(/^log_format path_only .*$/m) ?? [];
  expect(format).toContain("$uri");
  expect(format).not.toMatch(/\$(request|request_uri|args|query_string|http_referer)\b/);
});

test("no line about a request gets into the gateway's error log: such lines have its query and referrer", () => {
  const logs = gateway.match(/^\s*error_log .*$/gm);
  expect(logs).toEqual(["error_log /var/log/nginx/error.log emerg;"]);
});
