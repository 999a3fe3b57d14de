import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const templates = fileURLToPath(new URL("../../templates", import.meta.url));

/** The files of a template by path: `{{name}}` is replaced in paths and texts, `.txt` at the end of a path left out. */
export function renderTemplate(template: string, values: Record<string, string>): Map<string, string> {
  const folder = join(templates, template);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const target = path.slice(folder.length + 1).replace(/\.txt$/, "");
      return [fillIn(target, values), fillIn(readFileSync(path, "utf8"), values)];
    }),
  );
}

const fillIn = (text: string, values: Record<string, string>): string =>
  text.replaceAll(/\{\{([a-zA-Z]+)\}\}/g, (_match, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a template asks for "${name}", which nobody gave`);
    return value;
  });
