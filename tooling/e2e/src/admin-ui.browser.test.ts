import { eventually } from "@carewire/testkit";
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buryLetters } from "./admin-ui/bury-letters.ts";
import { type AdminStage, startAdminStage } from "./admin-ui/start-admin-stage.ts";
import { hurryUntil } from "./world/hurry.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import { invoicePaymentFailed } from "./world/stripe-events.ts";
import { subscribe } from "./world/subscribe.ts";

let stage: AdminStage;

beforeAll(async () => {
  stage = await startAdminStage();
  stage.world.receiver.answer({ status: 200, body: "thank you" });
  await subscribe(stage.api, { url: stage.world.receiver.url, count: 1, events: ["payment.*"] });
  await sendStripeEvent(stage.ingressUrl, invoicePaymentFailed("evt_seen"));
});

afterAll(() => stage?.close());

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const dialog = (page: Page) => page.getByRole("dialog");

/** Gives a reason in the dialog that is open, and confirms. */
async function confirm(page: Page, label: string | RegExp, reason: string): Promise<void> {
  await dialog(page).getByLabel("Reason").fill(reason);
  await dialog(page).getByRole("button", { name: label }).click();
}

/** Opens the only dead letter whose event has this id. */
async function openLetter(page: Page, eventId: string): Promise<void> {
  const [letter] = await stage.world.sql<{ id: string }[]>`
    select id from dead_letters where event_id = ${eventId}`;
  const { data } = (await (await page.request.get(`${stage.url}/admin/dlq?status=all`)).json()) as {
    data: { id: string; event_id: string }[];
  };
  const found = data.find((entry) => entry.event_id === eventId);
  expect(letter, "the dead letter is in the database").toBeDefined();
  await page.goto(`${stage.url}/dead-letters/${found?.id}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Looks at the window again after a minute; of all that it reads, only the session is answered, so what it shows is old. */
async function returnTo(page: Page): Promise<void> {
  await page.route("**/admin/**", () => {});
  await page.clock.fastForward(61_000);
  await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
}

describe("signing in", () => {
  test("with an unknown key says so; with a known one opens the overview; out is out, also in other tabs", async () => {
    const page = await stage.openPage({ hurries: true });
    await page.goto(`${stage.url}/audit`);
    await page.getByLabel("Admin key").fill("cw_live_unknown");
    await button(page, "Sign in").click();
    await page.getByRole("alert").getByText("not known").waitFor();
    await page.getByLabel("Admin key").fill(stage.keys.admin);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Audit log" }).waitFor();
    const other = await page.context().newPage();
    await other.goto(stage.url);
    await other.getByRole("heading", { name: "Overview" }).waitFor();
    await button(page, "Sign out").click();
    await page.getByLabel("Admin key").waitFor();
    // The other tab notices by itself: its next reading is refused.
    await hurryUntil(other, () => other.getByLabel("Admin key").isVisible(), "a refused refresh");
    await stage.leave(page);
  });

  test("after somebody whose session ran out begins with nothing that they had read", async () => {
    const page = await stage.openPageAs("admin", "/deliveries", { hurries: true });
    const rows = page.locator("main [data-row-link]");
    await rows.first().waitFor();
    await page.context().clearCookies();
    await returnTo(page);
    await page.getByLabel("Admin key").fill(stage.keys.viewer);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Deliveries" }).waitFor();
    expect(await rows.count()).toBe(0);
    await stage.leave(page);
  });

  test("as somebody else in another tab leaves nothing in this one of who was here before", async () => {
    const page = await stage.openPageAs("admin", "/deliveries", { hurries: true });
    const rows = page.locator("main [data-row-link]");
    await rows.first().waitFor();
    await page.request.post(`${stage.url}/session`, {
      data: { api_key: stage.keys.viewer },
      headers: { origin: stage.url },
    });
    await returnTo(page);
    await page.getByText("The viewer", { exact: true }).waitFor();
    expect(await rows.count()).toBe(0);
    await stage.leave(page);
  });
});

describe("dead letters", () => {
  test("from the overview by keyboard to what is wrong with one, and back with the filters", async () => {
    await buryLetters(stage, ["keyboard@hospital.org"]);
    const page = await stage.openPageAs("viewer");
    await page.getByRole("link", { name: /Open dead letters/ }).waitFor();
    const heading = page.getByRole("heading", { name: "Dead letters" });
    // Within a second of each other, or the second one is not taken for the rest of the first.
    await eventually(async () => {
      await page.keyboard.press("g");
      await page.keyboard.press("d");
      return heading.waitFor({ timeout: 2_000 }).then(() => true);
    });
    await page.locator("main [data-row-link]").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dead-letters\/list\?.*cause=schema/);
    const filtered = page.url();
    await page.locator("main [data-row-link][href^='/dead-letters/dlq_']").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Does not fit its schema: doctors.profiles" }).waitFor();
    await page
      .getByRole("list", { name: "Differences from the schema" })
      .getByText("user_id")
      .first()
      .waitFor();
    await page.getByRole("group", { name: "payload" }).getByText("[string]").first().waitFor();
    expect(await page.content()).not.toContain("keyboard@hospital.org");
    await page.goBack();
    await page.waitForURL(filtered);
    await page.keyboard.press("?");
    await dialog(page).getByText("Previous row").waitFor();
    await stage.leave(page);
  });

  test("are revealed with a reason, and the audit log says who, what and why", async () => {
    const [id] = await buryLetters(stage, ["revealed@hospital.org"]);
    const page = await stage.openPageAs("admin");
    await openLetter(page, id!);
    await button(page, "Reveal").click();
    const confirmButton = dialog(page).getByRole("button", { name: "Reveal" });
    expect(await confirmButton.isDisabled()).toBe(true);
    await confirm(page, "Reveal", "looking for a lost registration");
    await page.getByRole("group", { name: "payload" }).getByText("revealed@hospital.org").waitFor();
    await button(page, "Hide").click();
    await page.getByRole("group", { name: "payload" }).getByText("[string]").first().waitFor();
    expect(await page.content()).not.toContain("revealed@hospital.org");
    await page.goto(`${stage.url}/audit?action=dead_letter.revealed`);
    await page.getByText("looking for a lost registration").waitFor();
    await page.getByText("chain is whole").waitFor();
    await stage.leave(page);
  });

  test("are corrected and retried, and the page shows by itself that it worked, with the payload still in the clear", async () => {
    const [id] = await buryLetters(stage, ["corrected@hospital.org"]);
    const page = await stage.openPageAs("admin");
    await openLetter(page, id!);
    await button(page, "Edit and retry").click();
    await confirm(page, "Reveal and edit", "the id must be a text");
    const editor = dialog(page).getByLabel("Payload");
    await editor.fill('{"user_id": 7');
    await dialog(page).getByText("This is no JSON yet").waitFor();
    await editor.fill('{"user_id": "u-7", "email": "corrected@hospital.org", "registration_role": "DOCTOR"}');
    await dialog(page).getByLabel("Reason").fill("wrote the id as text");
    // What was written is not lost by accident.
    await page.mouse.click(5, 5);
    await page.keyboard.press("Escape");
    await button(page, "Retry with this payload").click();
    await page.locator("header").getByText("resolved").waitFor();
    const history = page.getByRole("region", { name: "Retried by hand" });
    await history.getByText("resolved").waitFor();
    await history.getByText("With a corrected payload").waitFor();
    const payload = page.getByRole("group", { name: "payload", exact: true });
    await payload.getByText("corrected@hospital.org").waitFor();
    const profiles = await stage.world.sql`select user_id from doctor_profiles where user_id = 'u-7'`;
    expect(profiles).toHaveLength(1);
    await stage.leave(page);
  });

  test("that fail again are open again, and are discarded with a reason", async () => {
    const [id] = await buryLetters(stage, ["again@hospital.org"]);
    const page = await stage.openPageAs("operator");
    await openLetter(page, id!);
    await button(page, "Retry").first().click();
    await dialog(page).getByRole("button", { name: "Retry" }).click();
    await page.getByText("Retried by hand").waitFor();
    await eventually(async () => (await page.locator("header").getByText("open").count()) === 1);
    await button(page, "Discard").click();
    await confirm(page, "Discard", "a test account");
    await page.locator("header").getByText("discarded").waitFor();
    await page.getByText("a test account").waitFor();
    await dialog(page).waitFor({ state: "detached" });
    expect(await button(page, "Discard").getAttribute("aria-disabled")).toBe("true");
    await stage.leave(page);
  });

  test("whose discarding fails say so, also when somebody tried to close the dialog meanwhile", async () => {
    const [id] = await buryLetters(stage, ["held@hospital.org"]);
    const page = await stage.openPageAs("operator");
    await openLetter(page, id!);
    const asked = Promise.withResolvers<Route>();
    await page.route("**/admin/dlq/dlq_*", (route) =>
      route.request().method() === "DELETE" ? asked.resolve(route) : route.continue(),
    );
    await button(page, "Discard").click();
    await confirm(page, "Discard", "a test account");
    const held = await asked.promise;
    await dialog(page).locator("button[aria-label=Close]:disabled").waitFor();
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await held.fulfill({
      status: 503,
      json: { status: 503, code: "service_unavailable", detail: "Not now." },
    });
    await dialog(page).getByRole("alert").getByText("Not now.").waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    await stage.leave(page);
  });

  test("are discarded in bulk by filter: counted, confirmed, watched to the end", async () => {
    await buryLetters(stage, ["bulk-1@hospital.org", "bulk-2@hospital.org", "bulk-3@hospital.org"]);
    const page = await stage.openPageAs("operator", "/dead-letters/list?cause=schema");
    await button(page, "Discard all that match").click();
    const confirmButton = dialog(page).getByRole("button", { name: /^Discard \d+ dead letters$/ });
    const counted = Number(/\d+/.exec((await confirmButton.textContent()) ?? "")?.[0]);
    expect(counted).toBeGreaterThanOrEqual(3);
    await confirm(page, /^Discard \d+/, "a broken sign-up form");
    await page.waitForURL(/\/bulk-jobs/);
    await page.getByText(`${counted} of ${counted} discarded`).waitFor();
    const open = await stage.world.sql`select from dead_letters where cause = 'schema' and status = 'open'`;
    expect(open).toHaveLength(0);
    await stage.leave(page);
  });
});

describe("traffic", () => {
  test("an inbound request is found by its verdict, and replayed with a reason", async () => {
    const page = await stage.openPageAs("operator", "/inbound");
    await page.getByRole("combobox", { name: "Verdict" }).click();
    await page.getByRole("option", { name: "accepted" }).click();
    await page.waitForURL(/verdict=accepted/);
    await page.reload();
    await page.locator("main [data-row-link]").first().click();
    await page.getByRole("heading", { name: "Request from stripe" }).waitFor();
    await page.getByText("ingress-payments.apply-invoice").first().waitFor();
    const before = stage.world.receiver.total();
    await button(page, "Replay").click();
    await confirm(page, "Replay", "the receiver lost it");
    await page.getByText("is delivered again").waitFor();
    expect(before).toBeGreaterThan(0);
    await stage.leave(page);
  });

  test("a delivery shows what was sent and answered, and leads to its subscription", async () => {
    const page = await stage.openPageAs("viewer", "/deliveries?status=delivered&type=payment.failed");
    await page.locator("main [data-row-link]").first().click();
    await page.getByRole("heading", { name: "payment.failed to Endpoint 1" }).waitFor();
    await page.getByRole("button", { name: /200/ }).first().click();
    await page.getByRole("group", { name: "request headers" }).getByText("webhook-id").waitFor();
    await page.getByRole("link", { name: /^sub_/ }).click();
    await page.getByRole("heading", { name: "Endpoint 1" }).waitFor();
    await page.getByText("100 %").waitFor();
    await stage.leave(page);
  });

  test("a filter leaves alone what is being typed, and follows the address back", async () => {
    const page = await stage.openPageAs("viewer", "/subscriptions");
    const field = page.getByLabel("Name or URL");
    await field.pressSequentially("Endpoint ");
    await page.waitForURL(/q=Endpoint$/);
    await field.pressSequentially("1");
    await page.waitForURL(/q=Endpoint(\+|%20)1$/);
    expect(await field.inputValue()).toBe("Endpoint 1");
    await page.goBack();
    await eventually(async () => (await field.inputValue()) === "Endpoint");
    await stage.leave(page);
  });

  test("a consumer is paused and resumed by an admin", async () => {
    const page = await stage.openPageAs("admin", "/consumers");
    const row = page.getByRole("row", { name: /doctors\.memberships/ });
    await row.getByRole("button", { name: "Pause" }).click();
    await confirm(page, "Pause", "a migration");
    await row.getByText("paused").waitFor();
    await row.getByRole("button", { name: "Resume" }).click();
    await confirm(page, "Resume", "it is over");
    await row.getByText("active").waitFor();
    await stage.leave(page);
  });
});
