import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import ajvFormats from "ajv-formats";
import { parse } from "yaml";

/** The parts of a compose file that are looked at. */
export interface ComposeFile {
  services: Record<string, { command?: string | string[]; build?: { args?: Record<string, string> } }>;
}

export function readComposeFile(root: string): ComposeFile {
  return parse(readFileSync(join(root, "docker-compose.yml"), "utf8"));
}

/** What is wrong with a compose file by the Compose Specification's JSON schema; empty when nothing is. */
export function composeProblems(root: string, composeFile: unknown): string[] {
  const text = readFileSync(join(root, "tooling", "docker", "compose-spec", "compose-spec.json"), "utf8");
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    formats: { ports: true, expose: true, subnet_ip_address: true },
  });
  ajvFormats.default(ajv);
  const validate = ajv.compile(withoutOldKeywords(JSON.parse(text)));
  if (validate(composeFile)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
}

/** The schema names itself and its parts with draft 4's `id`, which newer drafts refuse; nothing refers to them. */
function withoutOldKeywords(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    const isName = (key === "id" || key === "$schema") && typeof value === "string";
    return isName ? undefined : value;
  });
}
