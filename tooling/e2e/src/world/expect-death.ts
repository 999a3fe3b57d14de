import { eventually } from "@carewire/testkit";
import { expect } from "vitest";
import type { RunningApp } from "./start-app.ts";

/** Waits until the app has killed itself at `failpoint`, and makes sure that it died of nothing else. */
export async function expectDeath(app: RunningApp, failpoint: string): Promise<void> {
  const description = `the app to die at ${failpoint}`;
  const exit = await eventually(() => app.exited, { description });
  expect(exit, app.output()).toEqual({ code: null, signal: "SIGKILL" });
  expect(app.output()).toContain(`failpoint ${failpoint}: killed`);
}
