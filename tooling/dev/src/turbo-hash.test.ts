import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyWorkspace, type WorkspaceCopy } from "./workspace-copy.test-support.ts";

let workspace: WorkspaceCopy;

beforeAll(() => {
  workspace = copyWorkspace();
});
afterAll(() => workspace.remove());

function testHashes(env: Record<string, string> = {}): Map<string, string> {
  const { stdout, output, code } = workspace.turbo(["run", "test", "--dry=json"], env);
  if (code !== 0) throw new Error(output);
  const { tasks }: { tasks: { taskId: string; hash: string }[] } = JSON.parse(stdout);
  return new Map(
    tasks.filter(({ taskId }) => taskId.endsWith("#test")).map(({ taskId, hash }) => [taskId, hash]),
  );
}

test("a change in a leaf package runs the tests of everything that stands on it again, and of nothing else", () => {
  const before = testHashes();
  appendFileSync(join(workspace.folder, "packages/envelope/src/index.ts"), "\n// changed\n");
  const after = testHashes();
  const changed = [...before.keys()].filter((taskId) => before.get(taskId) !== after.get(taskId));
  const dependents = [
    "envelope",
    "bus",
    "db",
    "service-kit",
    "contracts",
    "dispatcher",
    "doctors",
    "ingress-payments",
    "sdk",
  ];
  expect(changed).toEqual(expect.arrayContaining(dependents.map((name) => `@carewire/${name}#test`)));
  expect(changed).not.toContain("@carewire/verifiers#test");
});

test("the addresses of the test databases are no part of a test's hash", () => {
  const before = testHashes();
  expect(testHashes({ DATABASE_URL: "postgres://elsewhere@127.0.0.1:1/other" })).toEqual(before);
});
