import { execFile } from "node:child_process";
import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { migrations } from "@carewire/db";
import { createVault } from "@carewire/service-kit";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

const program = fileURLToPath(new URL("./rekey.ts", import.meta.url));
const run = promisify(execFile);
const [first, second] = [randomBytes(32), randomBytes(32)];
const text = (id: string, key: Buffer) => `${id}:${key.toString("base64")}`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

const rekey = (keys: string) =>
  run(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: database.url, KEY_ENCRYPTION_KEYS: keys },
    timeout: 100_000,
  });

test("the command puts every data key under the newest key, says so, and shows no key", async () => {
  const organizationId = randomUUID();
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'Test clinic')`;
  const vaultUnder = (id: string, key: Buffer) =>
    createVault({ sql: database.sql, keyEncryptionKeys: [{ id, key: createSecretKey(key) }] });
  const blob = await vaultUnder("k1", first).seal(organizationId, "row", Buffer.from("secret"));
  const { stdout, stderr } = await rekey(`${text("k2", second)},${text("k1", first)}`);
  expect(stdout).toContain("1 done, 0 left");
  for (const key of [first, second]) expect(stdout + stderr).not.toContain(key.toString("base64"));
  expect((await vaultUnder("k2", second).open(organizationId, "row", blob)).toString()).toBe("secret");
});

test("it ends with code 1 when a data key is under a key it was not given", async () => {
  await expect(rekey(text("k3", first))).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("1 left"),
  });
});
