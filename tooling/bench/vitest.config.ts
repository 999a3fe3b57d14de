import { defineConfig } from "vitest/config";

export default defineConfig({
  // Every row of the smoke test starts several processes and mostly waits for them.
  test: { maxConcurrency: 3, testTimeout: 120_000 },
});
