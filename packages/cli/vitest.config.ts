import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Far beyond what tests take: what is awaited has deadlines of its own, and machines are busy sometimes.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
