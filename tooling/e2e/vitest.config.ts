import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./src/build-bundles.ts",
    // Far beyond what they take: what is awaited has deadlines of its own, and machines are busy sometimes.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxConcurrency: 4,
  },
});
