import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { root } from "./paths.ts";

const skipped = new Set(["node_modules", "dist", "docs", ".git", ".turbo", ".carewire"]);
/** What other packages' tests make and remove while this one copies. */
const made = /^\.(bundles|snippets|vitest)/;
const turboTimeoutMs = 240_000;

/** A copy of the workspace's sources that a test may break. */
export interface WorkspaceCopy {
  folder: string;
  /** Runs turbo in the copy, with these variables added to the environment. */
  turbo(args: string[], env?: Record<string, string>): { code: number; stdout: string; output: string };
  remove(): void;
}

export function copyWorkspace(): WorkspaceCopy {
  const folder = mkdtempSync(join(tmpdir(), "carewire-workspace-"));
  const isSource = (path: string) => !skipped.has(basename(path)) && !made.test(basename(path));
  cpSync(root, folder, { recursive: true, filter: isSource });
  const { pnpmDirectory } = JSON.parse(
    readFileSync(join(root, "node_modules", ".carewire-install.json"), "utf8"),
  );
  const env = {
    ...process.env,
    PATH: [pnpmDirectory, process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: "1",
    NO_COLOR: "1",
  };
  return {
    folder,
    turbo(args, added) {
      const options = {
        cwd: folder,
        env: { ...env, ...added },
        encoding: "utf8",
        timeout: turboTimeoutMs,
      } as const;
      const { status, stdout, stderr } = spawnSync(
        join(root, "node_modules", ".bin", "turbo"),
        args,
        options,
      );
      return { code: status ?? 1, stdout, output: stdout + stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
