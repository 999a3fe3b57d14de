import { newId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buryLetters } from "./admin-ui/bury-letters.ts";
import { initialBytes } from "./admin-ui/initial-bytes.ts";
import { type AdminStage, startAdminStage } from "./admin-ui/start-admin-stage.ts";
import { bundleFolder } from "./bundles.ts";
import { axeViolations, colourViolations, colourViolationsInTheDark } from "./world/axe-violations.ts";
import { cutOff } from "./world/cut-off.ts";
import { goWithin } from "./world/go-within.ts";
import { hurryUntil } from "./world/hurry.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import { invoicePaymentFailed } from "./world/stripe-events.ts";
import { subscribe } from "./world/subscribe.ts";

let stage: AdminStage;
/** Every page, by its name. */
let paths: Record<string, string>;

beforeAll(async () => {
  // Bulk jobs begin and then wait, so that there is time to cancel one.
  stage = await startAdminStage({ DLQ_JOB_EVERY_MS: "600000" });
  await subscribe(stage.api, { url: stage.world.receiver.url, count: 1, events: ["payment.*"] });
  await sendStripeEvent(stage.ingressUrl, invoicePaymentFailed("evt_seen"));
  await buryLetters(stage, ["one@hospital.org", "two@hospital.org"]);
  const page = await stage.openPageAs("admin");
  const firstOf = async (list: string) => {
    await page.goto(stage.url + list);
    return String(await page.locator("main [data-row-link]").first().getAttribute("href"));
  };
  paths = {
    overview: "/",
    groups: "/dead-letters",
    letters: "/dead-letters/list",
    letter: await firstOf("/dead-letters/list"),
    jobs: "/bulk-jobs",
    inbound: "/inbound",
    "inbound request": await firstOf("/inbound"),
    deliveries: "/deliveries",
    delivery: await firstOf("/deliveries"),
    subscriptions: "/subscriptions",
    subscription: await firstOf("/subscriptions"),
    consumers: "/consumers",
    audit: "/audit",
    unknown: "/no/such/page",
  };
  await stage.leave(page);
});

afterAll(() => stage?.close());

/** Waits until a page shows what it is about. */
async function settle(page: Page): Promise<void> {
  await page.locator("h1").waitFor();
  await page.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

describe("every page", () => {
  test("is free of what axe finds, in light and in dark", async () => {
    const page = await stage.openPageAs("admin");
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      found[name] = [...(await axeViolations(page, tags)), ...(await colourViolationsInTheDark(page))];
    };
    for (const [name, path] of Object.entries(paths)) {
      await goWithin(page, path);
      await settle(page);
      await look(name);
    }
    await page.goto(`${stage.url}${paths.letter}`);
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("dialog").waitFor();
    await look("a dialog");
    await page.context().clearCookies();
    await page.goto(stage.url);
    await page.getByLabel("Admin key").waitFor();
    await look("signing in");
    expect(Object.entries(found).filter(([, violations]) => violations.length > 0)).toEqual([]);
    await stage.leave(page);
  });

  test("that is opened in the dark is free of what axe finds there", async () => {
    const page = await stage.openPageAs("admin", "/", { colorScheme: "dark" });
    await settle(page);
    expect(await colourViolations(page)).toEqual([]);
    await stage.leave(page);
  });

  test("fits a telephone: nothing is wider than the screen, and the navigation opens", async () => {
    const page = await stage.openPageAs("admin", "/", { viewport: { width: 360, height: 740 } });
    for (const path of Object.values(paths)) {
      await goWithin(page, path);
      await settle(page);
      const tooWide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(tooWide, path).toBeLessThanOrEqual(0);
      expect(await cutOff(page), path).toEqual([]);
    }
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.getByRole("heading", { name: "Audit log" }).waitFor();
    await stage.leave(page);
  });

  test("comes at once, and little of it", async () => {
    expect(initialBytes(`${bundleFolder("dlq-admin")}/web`)).toBeLessThan(300 * 1024);
    const page = await stage.openPageAs("admin", "/dead-letters");
    const paint = async () => {
      await page.reload();
      await page.locator("main [data-row-link]").first().waitFor();
      // The browser tells of a paint a little later than what was painted is there.
      const paintedAtMs = () =>
        page.evaluate<number | undefined>(
          "performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
        );
      return eventually(paintedAtMs, { description: "the first paint" });
    };
    // The fastest of several counts: how busy the machine is with other tests is not the page's doing.
    const isQuick = async () => (await paint()) < 1_000;
    await eventually(isQuick, { timeoutMs: 100_000, description: "a first paint within a second" });
    await stage.leave(page);
  });
});

describe("a page that cannot read", () => {
  test("says that it is offline, keeps what it shows, and goes on by itself", async () => {
    const page = await stage.openPageAs("viewer", "/dead-letters/list", { hurries: true });
    await page.locator("main [data-row-link]").first().waitFor();
    await page.context().setOffline(true);
    await page.getByText("You are offline").waitFor();
    const failed = page.getByText("Could not refresh");
    await hurryUntil(page, () => failed.isVisible(), "a refresh that fails");
    expect(await page.locator("main [data-row-link]").count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await hurryUntil(page, async () => (await failed.count()) === 0, "a refresh that works");
    expect(await page.getByText("You are offline").count()).toBe(0);
    await stage.leave(page);
  });

  test("says what the server said, and tries again when asked", async () => {
    const page = await stage.openPageAs("viewer", "/dead-letters");
    await page.goto(`${stage.url}/dead-letters/list?since=yesterday`);
    await page.getByText("This could not be loaded").waitFor();
    await page.getByText(/since/).last().waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.locator("main [data-row-link]").first().waitFor();
    await stage.leave(page);
  });

  test("says that the audit chain could not be checked again, beside what was found before", async () => {
    const page = await stage.openPageAs("viewer", "/audit");
    const chain = page.getByRole("region", { name: "Chain" });
    await chain.getByText("chain is whole").waitFor();
    await page.route("**/admin/audit/verify?*", (route) =>
      route.fulfill({ status: 409, json: { status: 409, code: "conflict", detail: "Not now." } }),
    );
    await chain.getByRole("button", { name: "Check again" }).click();
    await chain.getByRole("alert").getByText("could not be checked again: Not now.").waitFor();
    expect(await chain.getByText("chain is whole").count()).toBe(1);
    await page.unroute("**/admin/audit/verify?*");
    await chain.getByRole("button", { name: "Check again" }).click();
    await chain.getByRole("alert").waitFor({ state: "detached" });
    await stage.leave(page);
  });

  test("says that there is nothing, where there is nothing", async () => {
    const page = await stage.openPageAs("viewer", "/dead-letters/list?topic=cari.none");
    await page.getByText("Nothing matches these filters.").waitFor();
    await stage.leave(page);
  });

  test("does not say that there is nothing when older ones were not looked at yet, and goes on to them", async () => {
    const page = await stage.openPageAs("viewer");
    await page.route("**/admin/audit?*", (route) =>
      route.fulfill({ json: { data: [], next_cursor: "c", prev_cursor: null } }),
    );
    await page.goto(`${stage.url}/audit?action=none`);
    await page.getByText("There are older ones that were not looked at yet").waitFor();
    expect(await page.getByText("was recorded").count()).toBe(0);
    await page.getByRole("button", { name: "Older" }).click();
    await page.waitForURL(/cursor=c/);
    await stage.leave(page);
  });

  test("does not say that there is nothing at the end of a filtered list, and leads back to its begin", async () => {
    const page = await stage.openPageAs("viewer");
    await page.route("**/admin/audit?*", (route) =>
      route.fulfill({ json: { data: [], next_cursor: null, prev_cursor: null } }),
    );
    await page.goto(`${stage.url}/audit?action=none&cursor=x`);
    await page.getByText("The list ends here").waitFor();
    expect(await page.getByText("was recorded").count()).toBe(0);
    await page.getByRole("button", { name: "Back to the newest" }).click();
    await page.waitForURL(/audit\?action=none$/);
    await page.getByText("was recorded").waitFor();
    await stage.leave(page);
  });
});

test("what is new appears without reloading", async () => {
  const page = await stage.openPageAs("viewer", "/dead-letters/list", { hurries: true });
  const rows = page.locator("main [data-row-link]");
  await rows.first().waitFor();
  const before = await rows.count();
  await buryLetters(stage, ["three@hospital.org"]);
  await hurryUntil(page, () => rows.nth(before).isVisible(), "one more dead letter");
  await stage.leave(page);
});

test("a time is typed digit by digit, and filters once it can be meant", async () => {
  const page = await stage.openPageAs("viewer");
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url()));
  await page.goto(`${stage.url}/deliveries?since=2026-01-15T10:30:00.000Z`);
  const field = page.getByLabel("From");
  await field.press("ArrowRight");
  await field.press("ArrowRight");
  await page.keyboard.type("202");
  expect(await field.inputValue()).toMatch(/^0202-01-15T/);
  await page.keyboard.type("5");
  await page.waitForURL(/since=2025-01-15T/);
  expect(await field.inputValue()).toMatch(/^2025-01-15T/);
  expect(asked.filter((url) => url.includes("since=0"))).toEqual([]);
  await page.goBack();
  await page.waitForURL(/since=2026-01-15T/);
  await eventually(async () => (await field.inputValue()).startsWith("2026-01-15T"));
  await field.press("ArrowRight");
  await field.press("ArrowRight");
  await page.keyboard.type("3");
  await field.blur();
  expect(await field.inputValue(), "what was left half typed").toMatch(/^2026-01-15T/);
  await stage.leave(page);
});

test("a bulk job that has not ended is cancelled, and what it left is still open", async () => {
  const page = await stage.openPageAs("operator", "/dead-letters/list?consumer=doctors.profiles");
  await page.getByRole("button", { name: "Retry all that match" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("too early");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Retry \d+/ })
    .click();
  const row = page.getByRole("row", { name: /too early/ });
  await row.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the job" }).click();
  await row.getByText("cancelled").waitFor();
  const open = await stage.world.sql`select from dead_letters where status = 'open'`;
  expect(open.length).toBeGreaterThan(0);
  await stage.leave(page);
});

test("the company's account is offered where it is set up, and its refusal is explained", async () => {
  const page = await stage.openPage();
  const session = { user: null, sign_in: { oidc: { label: "Hospital account", path: "/session/oidc" } } };
  await page.route("**/session", (route) => route.fulfill({ json: session }));
  await page.goto(stage.url);
  const link = page.getByRole("link", { name: "Sign in with Hospital account" });
  expect(await link.getAttribute("href")).toBe("/session/oidc");
  await page.goto(`${stage.url}/sign-in?problem=no_role`);
  await page.getByRole("alert").getByText("no role here").waitFor();
  await stage.leave(page);
});

test("who came with the company's account is signed out there as well", async () => {
  const page = await stage.openPageAs("viewer");
  const { user } = await (await page.request.get(`${stage.url}/session`)).json();
  const sign_in = { oidc: { label: "Hospital account", path: "/session/oidc" } };
  await page.route("**/session", (route) =>
    route.fulfill({
      json: { user: route.request().method() === "DELETE" ? null : { ...user, actor: "oidc:ada" }, sign_in },
    }),
  );
  await page.route("**/session/oidc/sign-out", (route) => route.fulfill({ body: "the provider's page" }));
  await page.goto(stage.url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/session/oidc/sign-out");
  await stage.leave(page);
});

test("a list of 100,000 comes by the page, quickly", async () => {
  const { sql } = stage.world;
  const ids = Array.from({ length: 100_000 }, () => newId(Date.now()));
  await sql`
    insert into deliveries
    select (jsonb_populate_record(done, jsonb_build_object('id', made.id))).*
    from (select deliveries as done from deliveries where status = 2 limit 1) as one, unnest(${ids}::uuid[]) as made(id)`;
  const page = await stage.openPageAs("viewer", "/consumers");
  const rows = page.locator("main [data-row-link]");
  // The fastest of several counts: how busy the machine is with other tests is not the page's doing.
  const isQuick = async () => {
    await page.goto(`${stage.url}/consumers`);
    const began = Date.now();
    await page.getByRole("link", { name: "Deliveries" }).click();
    await rows.first().waitFor();
    return Date.now() - began < 5_000;
  };
  await eventually(isQuick, { timeoutMs: 100_000, description: "the list within five seconds" });
  expect(await rows.count()).toBeLessThanOrEqual(50);
  const first = await rows.first().getAttribute("href");
  await page.getByRole("button", { name: "Older" }).click();
  await page.waitForURL(/cursor=/);
  await page.locator(`main [data-row-link]:not([href="${first}"])`).first().waitFor();
  await stage.leave(page);
});

test("a changed audit entry is named, in red (93)", async () => {
  const { sql } = stage.world;
  const [entry] = await sql<{ seq: string }[]>`select seq from audit_log order by seq limit 1`;
  await sql`alter table audit_log disable trigger user`;
  await sql`update audit_log set actor = 'nobody' where seq = ${entry!.seq}`;
  await sql`alter table audit_log enable trigger user`;
  const page = await stage.openPageAs("viewer", "/audit");
  await page.getByText("chain is broken").waitFor();
  await page
    .getByText(`Entry ${entry!.seq} of your own organization's chain is wrong: it was changed.`)
    .waitFor();
  await stage.leave(page);
});
