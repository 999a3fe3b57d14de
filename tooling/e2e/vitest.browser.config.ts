import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.browser.test.ts"],
    globalSetup: ["./src/build-bundles.ts", "./src/build-pages.ts"],
    // Far beyond what they take: what is awaited has deadlines of its own, and machines are busy sometimes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
