import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appPorts, workerPortOffset } from "./app-ports.ts";
import { composeProblems, readComposeFile } from "./compose-schema.ts";
import { root } from "./paths.ts";

const { services } = readComposeFile(root);
const roles = readdirSync(join(root, "apps")).flatMap((app) => [
  { service: app, app, entry: undefined, port: appPorts[app] },
  ...(existsSync(join(root, "apps", app, "src", "worker.ts"))
    ? [{ service: `${app}-worker`, app, entry: "worker", port: appPorts[app]! + workerPortOffset }]
    : []),
]);

test("docker-compose.yml is valid by the Compose Specification's schema", () => {
  expect(composeProblems(root, readComposeFile(root))).toEqual([]);
});

test("the schema check notices a misspelt key", () => {
  const misspelt = { services: { app: { image: "x", enviroment: {} } } };
  expect(composeProblems(root, misspelt)).not.toEqual([]);
});

test.each(roles)(
  "$service has a service built from the one Dockerfile, on its own port",
  ({ service, app, entry, port }) => {
    expect(services[service]?.build).toEqual({
      context: ".",
      dockerfile: "tooling/docker/app.Dockerfile",
      args: { APP: `apps/${app}`, ...(entry ? { ENTRY: entry } : {}) },
    });
    expect(services[service]?.environment).toMatchObject({ PORT: String(port) });
  },
);

test("PostgreSQL, migrations and a gateway are there", () => {
  expect(Object.keys(services)).toEqual(expect.arrayContaining(["postgres", "migrate", "gateway"]));
});

test("Redis keeps an append-only file and never evicts", () => {
  const command = services.redis?.command ?? [];
  expect(command.join(" ")).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
});

test("only migrate logs in to PostgreSQL as the owner", () => {
  const logins = Object.entries(services).flatMap(([name, { environment }]) => {
    const [, login] = /^postgres:\/\/(\w+):/.exec(environment?.DATABASE_URL ?? "") ?? [];
    return login === undefined || login === "carewire_service" ? [] : [[name, login]];
  });
  expect(logins).toEqual([["migrate", "carewire"]]);
  expect(services.migrate?.environment).toHaveProperty("SERVICE_PASSWORD");
});

test("PostgreSQL is healthy only once it answers over TCP", () => {
  expect(services.postgres?.healthcheck?.test?.join(" ")).toContain("-h 127.0.0.1");
});

test("the gateway opens whichever services are not configured", () => {
  expect(services.gateway?.depends_on).toBeUndefined();
});

test("what the gateway writes to its memory is bounded", () => {
  expect(services.gateway?.tmpfs).toEqual(["/tmp:size=64m"]);
});

test("PostgreSQL has room for more than one copy of every service", () => {
  const command = services.postgres?.command?.join(" ");
  expect(Number(/max_connections=(\d+)/.exec(command ?? "")?.[1])).toBeGreaterThanOrEqual(400);
});

test("every setting that docker-compose.yml takes is in .env.example, those of egress among them", () => {
  const compose = readFileSync(join(root, "docker-compose.yml"), "utf8");
  const taken = [...compose.matchAll(/\$\{([A-Z][A-Z0-9_]*):[-?]/g)].map(([, name]) => name);
  const example = readFileSync(join(root, ".env.example"), "utf8");
  const offered = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
  expect([...new Set(taken)].sort()).toEqual(offered.sort());
  const egress = ["EGRESS_PROXY_URL", "EGRESS_ALLOW", "EGRESS_PORTS", "PUBLIC_HOSTS"];
  expect(Object.keys(services.dispatcher?.environment ?? {})).toEqual(expect.arrayContaining(egress));
});
