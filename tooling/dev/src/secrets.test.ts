import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureSecrets } from "./secrets.ts";

test("secrets are made once, kept across starts, and readable by their owner only", () => {
  const folder = mkdtempSync(join(tmpdir(), "carewire-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = ensureSecrets(folder);
  expect(Buffer.from(first.KEY_ENCRYPTION_KEYS!.split(":")[1]!, "base64")).toHaveLength(32);
  expect(ensureSecrets(folder)).toEqual(first);
  expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
});
