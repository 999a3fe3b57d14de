import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { eventually } from "@carewire/testkit";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page by the rules of these tags, as `rule: elements`. */
export const axeViolations = (page: Page, tags: string[]): Promise<string[]> =>
  violationsOf(page, { type: "tag", values: tags });

/** What it finds of that which colours can break: all that differs between the light and the dark scheme. */
export const colourViolations = (page: Page): Promise<string[]> =>
  violationsOf(page, { type: "rule", values: ["color-contrast", "link-in-text-block"] });

/** The same once the page, which is light, has been turned dark; it is light again afterwards. */
export async function colourViolationsInTheDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" });
  await eventually(() => page.evaluate<boolean>(isDark), { description: "the page to be dark" });
  const found = await colourViolations(page);
  await page.emulateMedia({ colorScheme: "light" });
  return found.map((violation) => `in the dark, ${violation}`);
}

/** Runs in the page. */
const isDark = `document.documentElement.dataset.mantineColorScheme === "dark"`;

/** Runs in the page: no colour is on its way to another. What turns for ever does not count. */
const isAtRest =
  "document.getAnimations().every(({ effect }) => effect.getComputedTiming().endTime === Infinity)";

/**
 * Runs in the page itself, once, and describes nothing but what is wrong: the usual runner opens another page to put the
 * results of frames together, and takes five times as long. Throws on a page with frames, which are not looked into.
 */
async function violationsOf(page: Page, runOnly: RunOptions["runOnly"]): Promise<string[]> {
  if (page.frames().length > 1) throw new Error(`${page.url()} has frames`);
  await eventually(() => page.evaluate<boolean>(isAtRest), { description: "the page to be at rest" });
  const options: RunOptions = { runOnly, resultTypes: ["violations"] };
  if (await page.evaluate<boolean>("!('axe' in window)")) await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}
