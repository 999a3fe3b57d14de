import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Those in a browser run after everything else: it takes the whole machine.
    exclude: [...configDefaults.exclude, "src/**/*.browser.test.ts"],
    globalSetup: ["./src/build-bundles.ts", "./src/build-pages.ts"],
    // Far beyond what they take: what is awaited has deadlines of its own, and machines are busy sometimes.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxConcurrency: 4,
  },
});
