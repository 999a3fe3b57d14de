import { composeProblems, readComposeFile } from "./compose-schema.ts";
import type { DevEnv } from "./env.ts";
import { root } from "./paths.ts";
import { runTool } from "./run-tool.ts";

interface Check {
  title: string;
  /** What is wrong, as text; empty when nothing is. */
  run(env: NodeJS.ProcessEnv): Promise<string>;
}

const checks: Check[] = [
  { title: "format and lint", run: (env) => tool(env, "biome", ["ci", "--colors=off", "."]) },
  {
    title: "types",
    run: (env) => tool(env, "turbo", ["run", "typecheck", "--continue", "--output-logs=errors-only"]),
  },
  { title: "boundaries", run: (env) => tool(env, "turbo", ["boundaries"]) },
  { title: "unused code and dependencies", run: (env) => tool(env, "knip", []) },
  { title: "docker-compose.yml", run: async () => composeProblems(root, readComposeFile(root)).join("\n") },
  { title: "build", run: (env) => tool(env, "turbo", ["run", "build", "--output-logs=errors-only"]) },
];

/** `npm run check`: everything CI demands besides the tests. All checks run; resolves to the exit code. */
export async function check(env: DevEnv): Promise<number> {
  let failed = 0;
  for (const { title, run } of checks) {
    const problems = await run(env.inherited);
    if (problems !== "") failed += 1;
    console.log(problems === "" ? `ok      ${title}` : `FAILED  ${title}\n${problems.trimEnd()}\n`);
  }
  console.log(failed === 0 ? "\nAll checks passed." : `\n${failed} of ${checks.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

async function tool(env: NodeJS.ProcessEnv, name: string, args: string[]): Promise<string> {
  const { code, output } = await runTool(name, args, { env, output: "keep" });
  return code === 0 ? "" : output || `${name} ended with code ${code}`;
}
