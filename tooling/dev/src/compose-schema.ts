import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { parse } from "yaml";

/** The parts of a compose file that are looked at. */
export interface ComposeFile {
  services: Record<string, ComposeService>;
}

interface ComposeService {
  command?: string[];
  build?: { args?: Record<string, string> };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[] };
  tmpfs?: string[];
}

export function readComposeFile(root: string): ComposeFile {
  const text = readFileSync(join(root, "docker-compose.yml"), "utf8");
  // Every service merges several aliases; the limit is meant for files of strangers.
  return parse(text, { merge: true, maxAliasCount: 1_000 });
}

// The specification's durations are Go's ("1m30s"), not ISO 8601's; the other formats are its own as well.
const composeFormats = {
  duration: /^(\d+(us|ms|s|m|h))+$/,
  ports: true,
  expose: true,
  subnet_ip_address: true,
} as const;

/** What is wrong with a compose file by the Compose Specification's JSON schema; empty when nothing is. */
export function composeProblems(root: string, composeFile: unknown): string[] {
  const text = readFileSync(join(root, "tooling", "docker", "compose-spec", "compose-spec.json"), "utf8");
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: composeFormats });
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
