import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { readChromiumBin, readParentEnv } from "./env.ts";
import { findOnPath } from "./find-on-path.ts";
import { privateLibraries } from "./private-libraries.ts";

// Nothing a browser does on its own may leave this machine.
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A renderer for each of a file's pages costs about as much as what the page does; their contexts stay apart.
  "--process-per-site",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

const launchTimeoutMs = 60_000;

/**
 * Starts a headless Chromium with a profile of its own, for tests of web pages; one per test file is enough. It is
 * `CAREWIRE_CHROMIUM_BIN`, else one on PATH. Hosts other than this machine cannot be reached from it. Throws when there is
 * no Chromium.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath =
    readChromiumBin() ??
    findOnPath("chromium-headless-shell") ??
    findOnPath("chromium") ??
    findOnPath("chromium-browser") ??
    findOnPath("google-chrome");
  if (!executablePath) {
    throw new Error(
      "No Chromium found: set CAREWIRE_CHROMIUM_BIN or put chromium on PATH, or run `npm test`, which unpacks one.",
    );
  }
  const env = { ...readParentEnv(), ...privateLibraries(executablePath), ...privateFonts(executablePath) };
  // Loaded on first use: the library is large and most test files never look at a page.
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, args, env, timeout: launchTimeoutMs });
}

/** Where an unpacked Chromium's fonts are, on a machine that has no font configuration of its own. */
function privateFonts(executablePath: string): Record<string, string> {
  const root = join(dirname(executablePath), "..", "..", "..");
  const configuration = join(root, "etc", "fonts");
  if (existsSync("/etc/fonts/fonts.conf") || !existsSync(configuration)) return {};
  return { FONTCONFIG_PATH: configuration, XDG_DATA_HOME: join(root, "usr", "share") };
}
