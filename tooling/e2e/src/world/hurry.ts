import { eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";

/**
 * Waits until `isSo`, while seconds pass for the timers of a page that was opened with `hurries`: what it does by itself
 * every few seconds, it still does by itself, without anybody having to wait for them.
 */
export const hurryUntil = (page: Page, isSo: () => Promise<boolean>, description: string): Promise<boolean> =>
  eventually(
    async () => {
      if (await isSo()) return true;
      await page.clock.fastForward(1_000);
      return false;
    },
    { description },
  );
