import { existsSync, readdirSync } from "node:fs";
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
