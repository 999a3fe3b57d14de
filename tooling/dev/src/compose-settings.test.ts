import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { readComposeFile } from "./compose-schema.ts";
import { root } from "./paths.ts";

const { services } = readComposeFile(root);
const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => readFileSync(join(root, "docs", file), "utf8"));
const documented = new Set(documents.flatMap((text) => text.match(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g) ?? []));

/** The variables that a service asks its environment for. */
function namesReadBy(readSettings: () => unknown): string[] {
  const names = new Set<string>();
  const environment = process.env;
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  process.env = new Proxy<NodeJS.ProcessEnv>(
    {},
    {
      get(_target, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  try {
    readSettings();
  } catch {
    // What some make of their settings needs settings.
  } finally {
    process.env = environment;
    exit.mockRestore();
    stderr.mockRestore();
  }
  return [...names].filter((name) => !name.endsWith("_FILE"));
}

async function readersOf(app: string) {
  const file = pathToFileURL(join(root, "apps", app, "src", "env.ts")).href;
  const exports: Record<string, () => unknown> = await import(file);
  return Object.entries(exports)
    .filter(([reader]) => /^read\w+Env$/.test(reader))
    .map(([reader, read]) => ({ service: reader === "readWorkerEnv" ? `${app}-worker` : app, reader, read }));
}

const readers = await Promise.all(readdirSync(join(root, "apps")).map(readersOf));

test.each(readers.flat())(
  "$service gets every documented setting that $reader reads",
  ({ service, read }) => {
    const wanted = namesReadBy(read).filter((name) => documented.has(name));
    expect(wanted).not.toEqual([]);
    const given = Object.keys(services[service]?.environment ?? {});
    expect(wanted.filter((name) => !given.includes(name))).toEqual([]);
  },
);
