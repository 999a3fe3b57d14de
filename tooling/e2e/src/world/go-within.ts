import { eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";

/**
 * Goes to another of the app's pages as a link on this one would, and waits until it is shown: nothing is loaded or compiled
 * anew, which is most of the work of opening a page by its address. `page` shows one of the app's already.
 */
export async function goWithin(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)})`);
  const isShown = `(({ status, resolvedLocation }) => status === "idle" && resolvedLocation?.href === ${JSON.stringify(path)})(__TSR_ROUTER__.state)`;
  await eventually(() => page.evaluate<boolean>(isShown), { description: `${path} to be shown` });
}
