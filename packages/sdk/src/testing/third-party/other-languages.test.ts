import { execFile, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestWebhooks } from "../test-webhooks.ts";
import { type GuideBlock, readGuideBlocks } from "./guide-blocks.ts";
import { startExample } from "./start-example.ts";

const run = promisify(execFile);
const blocks = readGuideBlocks();
const byHand = blocks.filter(({ code }) => code.includes("genuine"));

const id = "evt_01kjmma2zme008000000000001";
const seconds = "1772366401";
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type":"order.paid","data":{"order_id":"o-1"}}';
const hmacOf = (key: Buffer | string, signed: string) => createHmac("sha256", key).update(signed);
const vectors = {
  standard: [
    id,
    seconds,
    secret,
    body,
    `v1,${hmacOf(Buffer.from(secret.slice(6), "base64"), `${id}.${seconds}.${body}`).digest("base64")}`,
  ],
  eka: [
    seconds,
    "supersecretkey",
    body,
    `v1=${hmacOf("supersecretkey", `${seconds}.${body}`).digest("hex")}`,
  ],
};

/** Whether a program is there and runs: a name on PATH may be a stand-in that only says how to install it. */
const isInstalled = (program: string, ask = "--version"): boolean =>
  spawnSync(program, [ask], { timeout: 20_000 }).status === 0;

const phpFile = fileURLToPath(new URL("./run-php.mjs", import.meta.url));

/** How a block is run, where its language is installed. */
const runners: Record<string, { program: string; file: string; args: string[]; isThere: boolean }> = {
  python: { program: "python3", file: "snippet.py", args: [], isThere: isInstalled("python3") },
  go: { program: "go", file: "snippet.go", args: ["run"], isThere: isInstalled("go", "version") },
  php: { program: process.execPath, file: "snippet.php", args: [phpFile], isThere: true },
  sh: { program: "sh", file: "snippet.sh", args: [], isThere: isInstalled("openssl", "version") },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "carewire-snippets-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runBlock({ language, code }: GuideBlock, env: Record<string, string> = {}): Promise<string> {
  const runner = runners[language];
  if (runner === undefined) throw new Error(`nobody knows how to run ${language}`);
  const file = join(folder, runner.file);
  await writeFile(file, code);
  // Go builds its own library once per machine.
  const options = {
    timeout: 280_000,
    env: { ...process.env, ...env, GO111MODULE: "off", GOTOOLCHAIN: "local", GOFLAGS: "" },
  };
  const { stdout } = await run(runner.program, [...runner.args, file], options);
  return stdout;
}

test("the guide has a snippet for each of the languages it promises", () => {
  expect(byHand.map(({ heading }) => heading)).toEqual([
    "Python",
    "Go",
    "PHP",
    "Shell",
    "Eka's scheme, in Python",
  ]);
});

describe.each(byHand)("$heading", (block) => {
  test("checks the vector that is computed here", () => {
    const vector = block.heading.startsWith("Eka") ? vectors.eka : vectors.standard;
    for (const part of vector) expect(block.code).toContain(part);
  });

  const isThere = runners[block.language]?.isThere === true;
  test.skipIf(!isThere)("finds the genuine request genuine, and no other", { timeout: 300_000 }, async () => {
    expect(await runBlock(block)).toBe("genuine\n");
  });

  test.skipIf(!isThere)(
    "does not find it genuine when its vector is another",
    { timeout: 300_000 },
    async () => {
      const code = block.code.replace(/h9deEeRl|c4e20f97/, "AAAAAAAA");
      expect(code).not.toBe(block.code);
      const output = await runBlock({ ...block, code }).catch(() => "it ended with an error");
      expect(output).not.toContain("genuine\n");
    },
  );
});

test.skipIf(!runners.sh?.isThere || !isInstalled("curl"))(
  "the shell's request is accepted by a receiver that is not ours",
  async () => {
    const webhooks = createTestWebhooks({ secret });
    const receiver = await startExample("standardwebhooks.mjs", webhooks.secrets[0] ?? "");
    const parts = blocks.filter(({ heading }) => heading === "Shell").map(({ code }) => code);
    expect(parts).toHaveLength(2);
    const code = parts.join("").replace("curl -X POST", "curl -s -o /dev/null -w '%{http_code}' -X POST");
    try {
      expect(await runBlock({ language: "sh", heading: "", code }, { URL: receiver.url })).toBe(
        "genuine\n204",
      );
    } finally {
      await receiver.stop();
    }
  },
);
