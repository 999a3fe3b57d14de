import shared from "@carewire/vitest-config";
import { configDefaults, mergeConfig } from "vitest/config";

export default mergeConfig(shared, {
  test: {
    // Those in a browser run after everything else: it takes the whole machine.
    exclude: [...configDefaults.exclude, "src/**/*.browser.test.ts"],
    globalSetup: ["./src/build-bundles.ts", "./src/build-pages.ts"],
    maxConcurrency: 4,
    // Several things are awaited one after the other, each with a deadline of its own.
    testTimeout: 300_000,
  },
});
