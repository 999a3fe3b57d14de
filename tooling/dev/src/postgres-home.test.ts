import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { preparePostgresHome, preparePostgresHomeInMemory, removePostgresData } from "./postgres-home.ts";

test.each([
  ["on disk", preparePostgresHome],
  ["in memory, where there is room", preparePostgresHomeInMemory],
])("of a throw-away data directory %s nothing is left, and others' stay", async (_where, prepareHome) => {
  const folder = mkdtempSync(join(tmpdir(), "carewire-dev-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [removed, other] = await Promise.all(["removed", "other"].map((name) => prepareHome(folder, name)));
  for (const home of [removed, other]) mkdirSync(home?.dataDirectory ?? "");
  removePostgresData(folder, "removed");
  expect(existsSync(removed?.dataDirectory ?? "")).toBe(false);
  expect(existsSync(other?.dataDirectory ?? "")).toBe(true);
  removePostgresData(folder, "other");
  expect(existsSync(other?.dataDirectory ?? "")).toBe(false);
});
