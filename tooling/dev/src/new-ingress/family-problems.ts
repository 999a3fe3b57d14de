import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { appPorts } from "../app-ports.ts";
import { readComposeFile } from "../compose-schema.ts";

const mainLinesMax = 30;

/** The families there are: the ingress apps in `apps/`, without their prefix. */
export function listFamilies(root: string): string[] {
  return readdirSync(join(root, "apps"))
    .filter((app) => app.startsWith("ingress-"))
    .map((app) => app.slice("ingress-".length));
}

/** What a family lacks to be complete, as sentences; empty when it lacks nothing. */
export function familyProblems(root: string, family: string, ports = appPorts): string[] {
  const app = `ingress-${family}`;
  const folder = join(root, "apps", app, "src");
  const providers = listNames(join(folder, "providers"));
  return [
    ...mainProblems(folder, app),
    ...serviceProblems(root, folder, app, ports[app]),
    ...(providers.length === 0 ? [`${app} has no provider`] : []),
    ...providers.flatMap((provider) => providerProblems(root, app, provider)),
  ];
}

const listNames = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

function mainProblems(folder: string, app: string): string[] {
  const file = join(folder, "main.ts");
  if (!existsSync(file)) return [`${app} has no main.ts`];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").length;
  return lines < mainLinesMax ? [] : [`main.ts of ${app} has ${lines} lines: definitions belong elsewhere`];
}

function serviceProblems(root: string, folder: string, app: string, port: number | undefined): string[] {
  const { services } = readComposeFile(root);
  const wanted = existsSync(join(folder, "worker.ts")) ? [app, `${app}-worker`] : [app];
  return [
    ...(port === undefined ? [`${app} has no port in tooling/dev/src/app-ports.ts`] : []),
    ...wanted.filter((name) => !services[name]).map((name) => `${name} has no service in docker-compose.yml`),
  ];
}

function providerProblems(root: string, app: string, provider: string): string[] {
  const folder = join(root, "apps", app, "src", "providers", provider);
  const name = `${app}'s provider ${provider}`;
  const problems: string[] = [];
  if (listNames(join(folder, "samples")).length === 0) problems.push(`${name} has no samples`);
  if (!hasNegativeCases(folder))
    problems.push(`${name} has no negative cases: tests that expect 401, 403 or 404`);
  if (!existsSync(join(root, "docs", "providers", `${provider}.md`))) {
    problems.push(`${name} has no page docs/providers/${provider}.md`);
  }
  return [...problems, ...pathProblems(root, app, name, folder)];
}

function hasNegativeCases(folder: string): boolean {
  const tests = listNames(folder).filter((file) => file.endsWith(".test.ts"));
  return tests.some((file) => /\b40[134]\b/.test(readFileSync(join(folder, file), "utf8")));
}

function pathProblems(root: string, app: string, name: string, folder: string): string[] {
  const file = join(folder, "provider.ts");
  if (!existsSync(file)) return [`${name} has no provider.ts`];
  const paths = [...readFileSync(file, "utf8").matchAll(/\bpath: "([^"]+)"/g)].map(
    ([, path]) => path as string,
  );
  if (paths.length === 0) return [`${name} names no path in its provider.ts`];
  return paths
    .filter((path) => serviceBehind(root, path) !== app)
    .map((path) => `${name} has no location for ${path} in tooling/docker/gateway.conf`);
}

/** Which service the gateway passes a path to. */
function serviceBehind(root: string, path: string): string | undefined {
  const text = readFileSync(join(root, "tooling", "docker", "gateway.conf"), "utf8");
  const locations = text.matchAll(/location (=|~)? ?(\S+) \{\s+set \$service http:\/\/([a-z0-9-]+):\d+;/g);
  const found = [...locations].find(([, operator, pattern = ""]) => {
    if (operator === "=") return path === pattern;
    return operator === "~" ? new RegExp(pattern).test(path) : path.startsWith(pattern);
  });
  return found?.[3];
}
