import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeProblems, readComposeFile } from "../compose-schema.ts";
import { LaunchFailure } from "../launch-failure.ts";
import { root } from "../paths.ts";
import { copyWorkspace, type WorkspaceCopy } from "../workspace-copy.test-support.ts";
import { familyProblems } from "./family-problems.ts";
import { makeFamily, makeProvider, sourcesOf } from "./new-ingress.ts";

const runTimeoutMs = 600_000;
let workspace: WorkspaceCopy;
let made: string[];

beforeAll(() => {
  workspace = copyWorkspace();
  cpSync(join(root, "docs"), join(workspace.folder, "docs"), { recursive: true });
  made = [
    ...makeFamily(workspace.folder, "home-care", "acme-labs"),
    ...makeProvider(workspace.folder, "payments", "beta-pay"),
  ];
  run("biome", ["check", "--write", ...sourcesOf(made)], ".");
  // What `pnpm install` does, without asking a registry.
  linkModules("apps/ingress-home-care", "apps/ingress-workforce");
  linkModules("apps/ingress-payments", "apps/ingress-payments");
  linkModules(".", ".");
});
afterAll(() => workspace.remove());

function linkModules(folder: string, like: string): void {
  symlinkSync(join(root, like, "node_modules"), join(workspace.folder, folder, "node_modules"));
}

/** Runs a tool of the real workspace in a folder of the copy; throws with its output when it fails. */
function run(tool: string, args: string[], folder: string): void {
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules", ".bin", tool), args, {
    cwd: join(workspace.folder, folder),
    env: { ...process.env, NO_COLOR: "1" },
    encoding: "utf8",
    timeout: runTimeoutMs,
  });
  if (status !== 0) throw new Error(`${tool} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
}

test(
  "a new family's tests pass as they were made",
  () => run("vitest", ["run"], "apps/ingress-home-care"),
  runTimeoutMs,
);

test(
  "the tests of a provider that was added to a family pass as they were made",
  () => run("vitest", ["run", "src/providers/beta-pay"], "apps/ingress-payments"),
  runTimeoutMs,
);

test(
  "the types of both families are right",
  () => {
    // In one program: each alone would read the same packages again.
    const include = ["apps/ingress-home-care/src", "apps/ingress-payments/src"];
    const tsconfig = { extends: "./tooling/tsconfig/base.json", include };
    writeFileSync(join(workspace.folder, "tsconfig.json"), JSON.stringify(tsconfig));
    run("tsc", ["-p", "."], ".");
  },
  runTimeoutMs,
);

test("what was made is formatted and linted", () => {
  run("biome", ["ci", ...sourcesOf(made)], ".");
});

describe("what was made lacks nothing", () => {
  const ports = { "ingress-home-care": 4107, "ingress-payments": 4101 };
  const problems = (family: string) => familyProblems(workspace.folder, family, ports);

  test("its family is complete, has the next port and a valid service", () => {
    expect(problems("home-care")).toEqual([]);
    expect(problems("payments").filter((problem) => problem.includes("beta-pay"))).toEqual([]);
    expect(readFileSync(join(workspace.folder, "tooling/dev/src/app-ports.ts"), "utf8")).toContain(
      '"ingress-home-care": 4107,',
    );
    const composeFile = readComposeFile(workspace.folder);
    expect(composeProblems(root, composeFile)).toEqual([]);
    expect(composeFile.services["ingress-home-care"]?.environment).toMatchObject({
      PORT: "4107",
      ACME_LABS_WEBHOOK_SECRET: expect.anything(),
    });
    expect(composeFile.services["ingress-payments"]?.environment).toHaveProperty("BETA_PAY_WEBHOOK_SECRET");
  });

  test.each([
    ["no samples", "apps/ingress-home-care/src/providers/acme-labs/samples"],
    ["no negative cases", "apps/ingress-home-care/src/providers/acme-labs/acme-labs-ingress.test.ts"],
    ["no page docs/providers/acme-labs.md", "docs/providers/acme-labs.md"],
    ["no main.ts", "apps/ingress-home-care/src/main.ts"],
  ])("a family with %s is told so by name", (problem, path) => {
    const [file, kept] = [join(workspace.folder, path), join(workspace.folder, "kept")];
    cpSync(file, kept, { recursive: true });
    rmSync(file, { recursive: true });
    expect(problems("home-care")).toEqual([
      expect.stringMatching(new RegExp(`^ingress-home-care.*${problem}`)),
    ]);
    cpSync(kept, file, { recursive: true });
    rmSync(kept, { recursive: true });
  });

  test.each([
    ["service", "docker-compose.yml", "  ingress-home-care:\n", "  elsewhere:\n"],
    ["location", "tooling/docker/gateway.conf", "http://ingress-home-care:", "http://elsewhere:"],
  ])("a family without a %s is told so by name", (problem, path, text, other) => {
    const file = join(workspace.folder, path);
    const kept = readFileSync(file, "utf8");
    writeFileSync(file, kept.replace(text, other));
    expect(problems("home-care")).toEqual([
      expect.stringMatching(new RegExp(`ingress-home-care.*no ${problem}`)),
    ]);
    writeFileSync(file, kept);
  });
});

test.each<[string, () => string[], RegExp]>([
  ["a family that is there", () => makeFamily(workspace.folder, "home-care"), /is there already/],
  [
    "a provider that is there",
    () => makeProvider(workspace.folder, "payments", "stripe"),
    /is there already/,
  ],
  ["a provider of no family", () => makeProvider(workspace.folder, "nowhere", "acme"), /There is no family/],
  ["a name that is none", () => makeProvider(workspace.folder, "payments", "../acme"), /cannot be a name/],
  ["a name in capitals", () => makeFamily(workspace.folder, "HomeCare"), /cannot be a name/],
])("%s is refused, and nothing is changed", (_name, make, message) => {
  const before = readFileSync(join(workspace.folder, "docker-compose.yml"), "utf8");
  expect(make).toThrow(LaunchFailure);
  expect(make).toThrow(message);
  expect(readFileSync(join(workspace.folder, "docker-compose.yml"), "utf8")).toBe(before);
});
