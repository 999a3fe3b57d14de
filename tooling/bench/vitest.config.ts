import shared from "@carewire/vitest-config";
import { mergeConfig } from "vitest/config";

// Every row of the smoke test starts several processes and mostly waits for them.
export default mergeConfig(shared, { test: { maxConcurrency: 3, testTimeout: 600_000 } });
