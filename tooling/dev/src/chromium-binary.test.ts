import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChromium } from "./chromium-binary.ts";

let folder: string;
const signal = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "carewire-chromium-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function makeProgram(...names: string[]): string {
  const file = join(folder, ...names);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

describe("the browser of tests", () => {
  it("is the one that was named, whatever else there is", async () => {
    makeProgram("bin", "chromium");
    const found = await findChromium({
      folder,
      given: "/opt/my-chromium",
      path: join(folder, "bin"),
      signal,
    });
    expect(found).toBe("/opt/my-chromium");
  });

  it.each(["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"])(
    "is %s on PATH",
    async (name) => {
      const program = makeProgram("bin", name);
      expect(await findChromium({ folder, given: undefined, path: join(folder, "bin"), signal })).toBe(
        program,
      );
    },
  );

  it.each(["chromium-headless-shell", "chromium"])("is the %s that was unpacked before", async (name) => {
    const program = makeProgram("root", "usr", "lib", "chromium", name);
    expect(await findChromium({ folder, given: undefined, path: "", signal })).toBe(program);
  });

  it("is none on a machine without one and without apt", async () => {
    expect(await findChromium({ folder, given: undefined, path: join(folder, "bin"), signal })).toBeNull();
  });
});
