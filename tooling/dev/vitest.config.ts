import { defineConfig } from "vitest/config";

// Real servers are started and turbo reads the whole workspace: slow on a busy machine, never stuck.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
