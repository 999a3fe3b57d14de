import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyWorkspace, type WorkspaceCopy } from "./workspace-copy.test-support.ts";

let workspace: WorkspaceCopy;

beforeEach(() => {
  workspace = copyWorkspace();
});
afterEach(() => workspace.remove());

function makeDepend(packageFolder: string, dependency: string): void {
  const packageFile = join(workspace.folder, packageFolder, "package.json");
  const manifest = JSON.parse(readFileSync(packageFile, "utf8"));
  manifest.dependencies = { ...manifest.dependencies, [dependency]: "workspace:*" };
  writeFileSync(packageFile, JSON.stringify(manifest));
  writeFileSync(join(workspace.folder, packageFolder, "src", "forbidden.ts"), `import "${dependency}";\n`);
}

test("the workspace keeps its own boundaries", () => {
  expect(workspace.turbo(["boundaries"])).toMatchObject({ code: 0 });
});

test.each([
  ["an app that depends on an app", "apps/doctors", "@carewire/dispatcher"],
  ["the SDK depending on service-kit", "packages/sdk", "@carewire/service-kit"],
  ["a leaf that depends on a library", "packages/verifiers", "@carewire/db"],
])("%s is refused", (_title, packageFolder, dependency) => {
  makeDepend(packageFolder, dependency);
  const { code, output } = workspace.turbo(["boundaries"]);
  expect(code).not.toBe(0);
  expect(output).toContain(dependency);
});
