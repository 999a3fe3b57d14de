import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const packageFolder = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** The licences of other people's packages in a bundle, which must go wherever their code goes. Throws when one has none. */
export function noticesOf({ inputs }: Metafile, root: string): string {
  const folders = new Map<string, string>();
  for (const input of Object.keys(inputs)) {
    const [, folder, name] = packageFolder.exec(input) ?? [];
    if (folder !== undefined && name !== undefined) folders.set(name, join(root, folder));
  }
  const notices = [...folders].sort().map(([name, folder]) => {
    const file = ["LICENSE", "LICENSE.md", "LICENCE", "license"].find((one) => existsSync(join(folder, one)));
    if (file === undefined) throw new Error(`${name} is bundled and has no licence in its package`);
    return `## ${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `# What else is in carewire.mjs\n\n${notices.join("\n")}`;
}
