import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";

function findCheckout(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "packages", "db", "migrations"))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** `carewire migrate`: brings the database of DATABASE_URL up to date, with the migrations of the checkout one is in. */
export async function migrate({ env, cwd, settings, output }: CommandContext): Promise<void> {
  const databaseUrl = env.databaseUrl ?? settings.demo?.database_url;
  if (databaseUrl === undefined)
    throw new CliError("Set DATABASE_URL to the database to migrate.", exitCodes.usage);
  const checkout = findCheckout(cwd);
  if (checkout === null) {
    throw new CliError(
      "This works in a checkout of Carewire. In a deployment run the migrate image, as docker-compose.yml does.",
      exitCodes.usage,
    );
  }
  const script = `import { migrate } from "./packages/db/src/index.ts";
    await migrate(process.env.DATABASE_URL).catch((error) => {
      process.stderr.write(error.message || String(error.code));
      process.exit(1);
    });`;
  const node = existsSync(join(checkout, "node_modules", ".bin", "node"))
    ? join(checkout, "node_modules", ".bin", "node")
    : process.execPath;
  const child = spawn(node, ["--input-type=module", "-e", script], {
    cwd: checkout,
    env: { ...env.inherited, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) {
    const said = Buffer.concat(errors)
      .toString()
      .trim()
      .split("\n")
      .slice(-3)
      .join(" ")
      .replaceAll(databaseUrl, "the database");
    throw new CliError(`The migration failed: ${said.slice(0, 500)}`, exitCodes.failed);
  }
  output.result({ migrated: true }, () => "The database is up to date.");
}
