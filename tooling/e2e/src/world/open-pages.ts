import type { Browser, Page, ViewportSize } from "playwright-core";

export interface PageOptions {
  colorScheme?: "light" | "dark";
  viewport?: ViewportSize;
  /** Its timers can be hurried. */
  hurries?: boolean;
}

/** The pages of one browser, for tests of what is at one origin. */
export interface Pages {
  /** A page in which nobody is signed in, and of which nothing is kept yet. */
  open(options?: PageOptions): Promise<Page>;
  /** Ends the use of an opened page: whoever opens one next may get it, emptied. */
  leave(page: Page): Promise<void>;
}

// Far beyond what a page takes: machines are busy sometimes.
const waitTimeoutMs = 60_000;

const usualViewport = { width: 1280, height: 720 };

/**
 * A new browser profile is a new process that has to load and compile everything: five times the work of a visit in one
 * that has been there. So a page that is left is emptied and used again.
 */
export function openPages(browser: Browser, origin: string): Pages {
  const emptied: Page[] = [];
  const hurried = new WeakSet<Page>();
  return {
    async open({ colorScheme = "light", viewport = usualViewport, hurries = false } = {}) {
      const page = emptied.pop() ?? (await newProfile(browser));
      await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
      await page.setViewportSize(viewport);
      if (hurries) {
        hurried.add(page);
        await page.clock.install();
      }
      return page;
    },
    async leave(page) {
      // What is kept for the origin can be emptied from there only, and nobody gives a page its own timers back.
      if (new URL(page.url()).origin !== origin || hurried.has(page)) return page.context().close();
      await empty(page);
      emptied.push(page);
    },
  };
}

async function newProfile(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(waitTimeoutMs);
  return context.newPage();
}

const watched = ["console", "dialog", "pageerror", "request", "response"] as const;

/** Leaves nothing of who used the page: no session, no stored data, no listener, no intercepted request. */
async function empty(page: Page): Promise<void> {
  const context = page.context();
  for (const other of context.pages()) if (other !== page) await other.close();
  for (const event of watched) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.setOffline(false);
  await page.evaluate("localStorage.clear(); sessionStorage.clear()");
  await page.goto("about:blank");
  await context.clearCookies();
}
