import { defineConfig, type Plugin } from "vitest/config";

/** Vite would add "development" to the conditions, which is the source code of some packages. */
const resolveAsNodeDoes: Plugin = {
  name: "resolve-as-node-does",
  configResolved({ ssr }) {
    if (ssr.resolve) ssr.resolve.conditions = ["node"];
  },
};

/** How every package's tests are run: its vitest.config.ts is this one, and what it needs besides. */
export default defineConfig({
  plugins: [resolveAsNodeDoes],
  test: {
    // Files share a process: they have databases of their own, and loading everything for each takes longer than its tests.
    isolate: false,
    // Node runs what we write as it is. Transforming it first was a fifth of the tests' processor time.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    passWithNoTests: true,
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
    // Far beyond what tests take: what is awaited has deadlines of its own, a busy machine makes a test slow, not wrong,
    // and one that hangs still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
