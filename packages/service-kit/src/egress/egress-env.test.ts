import { expect, it } from "vitest";
import { z } from "zod";
import { parseEnv } from "../env/parse-env.ts";
import { carewireEnvSchema } from "../env/schemas.ts";
import { egressEnvShape, egressPolicyOf, egressProxySchema } from "./egress-env.ts";

const schema = z.object({ CAREWIRE_ENV: carewireEnvSchema, ...egressEnvShape });

it("describes the strict policy when nothing is set", () => {
  const parsed = parseEnv(schema, {});
  const policy = parsed.ok ? egressPolicyOf(parsed.env) : null;
  expect(policy).toEqual({ environment: "production", ports: [], allow: [], ownHosts: [] });
});

it("reads hosts, ranges, ports and own hosts", () => {
  const parsed = parseEnv(schema, {
    CAREWIRE_ENV: "local",
    EGRESS_ALLOW: "receiver:3000, 10.20.0.0/16",
    EGRESS_PORTS: "9443,10443",
    PUBLIC_HOSTS: "hooks.example.com",
  });
  expect(parsed.ok && egressPolicyOf(parsed.env)).toEqual({
    environment: "local",
    ports: [9443, 10_443],
    allow: ["receiver:3000", "10.20.0.0/16"],
    ownHosts: ["hooks.example.com"],
  });
});

it.each([
  { EGRESS_ALLOW: "10.0.0.0/40" },
  { EGRESS_PORTS: "https" },
  { EGRESS_PORTS: "70000" },
  { PUBLIC_HOSTS: "a b" },
])("refuses %j, naming the variable", (source) => {
  const parsed = parseEnv(schema, source);
  expect(parsed.ok ? [] : parsed.problems).toEqual([expect.stringContaining(Object.keys(source)[0]!)]);
});

it("reads a proxy, and what is wrong with one never shows its password", () => {
  const proxies = z.object({ EGRESS_PROXY_URL: egressProxySchema });
  const read = (EGRESS_PROXY_URL: string) => parseEnv(proxies, { EGRESS_PROXY_URL });
  expect(read("socks5://proxy.internal:1081")).toMatchObject({ env: { EGRESS_PROXY_URL: { port: 1081 } } });
  expect(read("")).toEqual({ ok: true, env: {} });
  const wrong = read("ftp://user:hidden@proxy.internal");
  expect(wrong).toEqual({
    ok: false,
    problems: [expect.stringContaining("EGRESS_PROXY_URL: must be http://")],
  });
  expect(JSON.stringify(wrong)).not.toContain("hidden");
});
