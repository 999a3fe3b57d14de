import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./src/build-bundles.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 4,
  },
});
