import shared from "@carewire/vitest-config";
import { mergeConfig } from "vitest/config";

export default mergeConfig(shared, {
  test: {
    include: ["src/**/*.browser.test.ts"],
    globalSetup: ["./src/build-bundles.ts", "./src/build-pages.ts"],
    outputFile: { json: ".vitest-browser/results.json" },
  },
});
