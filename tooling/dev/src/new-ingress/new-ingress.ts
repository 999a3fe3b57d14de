import type { DevEnv } from "../env.ts";
import { LaunchFailure } from "../launch-failure.ts";
import { root } from "../paths.ts";
import { runTool } from "../run-tool.ts";
import { addFamily } from "./add-family.ts";
import { addProvider } from "./add-provider.ts";
import { createDraft } from "./draft.ts";
import { namesOf } from "./names.ts";

/** Makes a family with a first provider in the workspace at `folder`; returns the paths of what changed. */
export function makeFamily(folder: string, family: string, provider = family): string[] {
  const names = namesOf(family, provider);
  const draft = createDraft(folder);
  addFamily(draft, family);
  addProvider(draft, names);
  return draft.write();
}

/** Adds a provider to a family in the workspace at `folder`; returns the paths of what changed. */
export function makeProvider(folder: string, family: string, provider: string): string[] {
  const draft = createDraft(folder);
  addProvider(draft, namesOf(family, provider));
  return draft.write();
}

/** `npm run new:ingress -- <family> [<provider>]` */
export function newIngress(env: DevEnv, [family, provider, ...rest]: string[]): Promise<number> {
  if (family === undefined || rest.length > 0) {
    throw new LaunchFailure("Usage: npm run new:ingress -- <family> [<provider>]");
  }
  return finish(env, makeFamily(root, family, provider), [
    "npx -y pnpm@12.21.0 install",
    `npm test  # or alone: cd apps/ingress-${family} && vitest run`,
  ]);
}

/** `npm run new:provider -- <family> <provider>` */
export function newProvider(env: DevEnv, [family, provider, ...rest]: string[]): Promise<number> {
  if (family === undefined || provider === undefined || rest.length > 0) {
    throw new LaunchFailure("Usage: npm run new:provider -- <family> <provider>");
  }
  const paths = makeProvider(root, family, provider);
  return finish(env, paths, [`npm test  # or alone: cd apps/ingress-${family} && vitest run`]);
}

async function finish(env: DevEnv, paths: string[], next: string[]): Promise<number> {
  const { code, output } = await runTool("biome", ["check", "--write", ...sourcesOf(paths)], {
    env: env.inherited,
    output: "keep",
  });
  if (code !== 0) throw new LaunchFailure(`What was made could not be formatted:\n${output}`);
  console.log(`${paths.map((path) => `  ${path}`).join("\n")}\n\nNext:\n  ${next.join("\n  ")}`);
  return 0;
}

/** What biome formats; the rest is written as it should be. */
export const sourcesOf = (paths: string[]): string[] => paths.filter((path) => /\.(ts|json)$/.test(path));
