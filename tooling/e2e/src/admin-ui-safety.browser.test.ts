import { eventually, startReceiver } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buryLetters } from "./admin-ui/bury-letters.ts";
import { type AdminStage, startAdminStage } from "./admin-ui/start-admin-stage.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import { invoicePaymentFailed } from "./world/stripe-events.ts";
import { subscribe } from "./world/subscribe.ts";

/** What somebody might send to run in an operator's browser, or to show them something else than there is. */
const hostile = [
  "<img src=x onerror=\"document.title='owned'\">",
  "</script><script>document.title='owned'</script>",
  "javascript:document.title='owned'",
  "\u001b[31mred\u001b[0m",
  "user\u202egpj.exe",
  "{{constructor.constructor('document.title=1')()}}",
].join(" ");

let stage: AdminStage;
let letterPath: string;

beforeAll(async () => {
  stage = await startAdminStage();
  stage.world.receiver.answer({ status: 500, body: hostile, headers: { "content-type": "text/html" } });
  await subscribe(stage.api, { url: stage.world.receiver.url, count: 1, events: ["payment.*"] });
  await sendStripeEvent(stage.ingressUrl, invoicePaymentFailed("evt_seen"));
  await buryLetters(stage, [hostile]);
  const page = await stage.openPageAs("admin", "/dead-letters/list");
  const link = page.locator("main [data-row-link]").first();
  letterPath = String(await link.getAttribute("href"));
  await stage.leave(page);
});

afterAll(() => stage?.close());

/** What the page complained of: errors, and everything its policy refused. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("dialog", (alert) => {
    complaints.push(`dialog: ${alert.message()}`);
    void alert.dismiss();
  });
  return complaints;
}

async function reveal(page: Page, reason: string): Promise<void> {
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill(reason);
  await page.getByRole("dialog").getByRole("button", { name: "Reveal" }).click();
}

/** A page of another site, which the browser's user visits while signed in. */
async function visitElsewhere(page: Page, html: string) {
  const elsewhere = await startReceiver({ answer: { headers: { "content-type": "text/html" }, body: html } });
  await page.goto(`http://localhost:${elsewhere.port}/`);
  return elsewhere;
}

describe("what others sent", () => {
  test("is text: nothing of it runs, loads or hides (88)", async () => {
    const page = await stage.openPageAs("admin", letterPath);
    const complaints = listen(page);
    await reveal(page, "looking at an attack");
    const shown = page.getByRole("group", { name: "payload" });
    await shown.getByText("onerror").waitFor();
    const text = await shown.textContent();
    expect(text).toContain("</script><script>");
    expect(text).toContain("\\u001b[31mred");
    expect(text).toContain("user\\u202egpj.exe");
    expect(await page.locator("main img, main script, main iframe, main a[href^='javascript']").count()).toBe(
      0,
    );
    await page.goto(`${stage.url}/deliveries?type=payment.failed`);
    await page.locator("main [data-row-link]").first().click();
    await page.getByRole("button", { name: /500/ }).first().click();
    await reveal(page, "looking at an answer");
    await page.getByRole("group", { name: "answer's body" }).getByText("onerror").waitFor();
    expect(await page.title()).not.toContain("owned");
    expect(complaints).toEqual([]);
    await stage.leave(page);
  });

  test("of 5 MB is cut, says so, and leaves the page quick (88)", async () => {
    const page = await stage.openPageAs("admin", letterPath);
    const huge = JSON.stringify({ note: `${hostile} `.repeat(30_000) });
    await page.route("**/admin/dlq/*", async (route) => {
      const response = await route.fetch();
      const body = { ...((await response.json()) as object), original_payload: huge };
      await route.fulfill({ response, json: body });
    });
    await page.reload();
    await page.getByText("more characters are not shown").waitFor();
    expect(((await page.getByRole("group", { name: "payload" }).textContent()) ?? "").length).toBeLessThan(
      400_000,
    );
    // The fastest of several counts: how busy the machine is with other tests is not the page's doing.
    const isQuick = async () => {
      const began = Date.now();
      await page.getByRole("button", { name: "Discard" }).click();
      await page.getByRole("dialog").waitFor();
      const tookMs = Date.now() - began;
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      return tookMs < 5_000;
    };
    await eventually(isQuick, { timeoutMs: 100_000, description: "a dialog within five seconds" });
    await stage.leave(page);
  });
});

describe("other sites", () => {
  test("cannot act with the session of whoever is signed in (90)", async () => {
    const page = await stage.openPageAs("admin");
    const target = `${stage.url}/admin/dlq/retry`;
    const form = `<form id=f method=post enctype=text/plain action="${target}"><input name='{"filter":{}}' value=""></form>`;
    const elsewhere = await visitElsewhere(page, `<!doctype html><title>Kittens</title>${form}`);
    const outcome = await page.evaluate(async (url) => {
      const request = { method: "POST", credentials: "include", body: '{"filter":{}}' } as const;
      const simple = await fetch(url, { ...request, mode: "no-cors" }).then(
        (response) => response.type,
        () => "refused",
      );
      const json = await fetch(url, { ...request, headers: { "content-type": "application/json" } }).then(
        () => "answered",
        () => "refused",
      );
      return { simple, json };
    }, target);
    expect(outcome.json).toBe("refused");
    expect(["opaque", "refused"]).toContain(outcome.simple);
    const navigation = page.waitForResponse((response) => response.url() === target);
    await page.evaluate("document.getElementById('f').submit()");
    expect([401, 403, 415]).toContain((await navigation).status());
    const retried = await stage.world.sql`select from audit_log where action = 'dead_letters.retried'`;
    expect(retried).toHaveLength(0);
    await elsewhere.close();
    await stage.leave(page);
  });

  test("cannot put the pages into a frame (91)", async () => {
    const page = await stage.openPageAs("admin");
    const refusal = page.waitForEvent("console", (message) => /frame/i.test(message.text()));
    const elsewhere = await visitElsewhere(page, `<iframe src="${stage.url}/"></iframe>`);
    expect((await refusal).text()).toMatch(/frame-ancestors|X-Frame-Options/i);
    const framed = page.frames()[1];
    expect(framed?.url()).not.toContain(stage.url);
    expect(await framed?.locator("#root").count()).toBe(0);
    await elsewhere.close();
    await stage.leave(page);
  });
});

describe("a session", () => {
  const cookieOf = async (page: Page) =>
    (await page.context().cookies(stage.url)).find(({ name }) => name.startsWith("__Host-"));

  test("is not the one somebody planted before, and is dead after signing out (92)", async () => {
    const planted = await stage.openPageAs("viewer");
    const before = await cookieOf(planted);
    const page = await stage.openPage();
    await page.context().addCookies([before!]);
    await page.request.delete(`${stage.url}/session`, { headers: { origin: stage.url }, data: {} });
    await page.context().addCookies([before!]);
    await page.request.post(`${stage.url}/session`, {
      data: { api_key: stage.keys.admin },
      headers: { origin: stage.url },
    });
    const after = await cookieOf(page);
    expect(after).toMatchObject({ httpOnly: true, secure: true, path: "/" });
    expect(after?.value).not.toBe(before?.value);
    await page.goto(stage.url);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Admin key").waitFor();
    await page.context().addCookies([after!]);
    const reused = await page.request.get(`${stage.url}/admin/overview`);
    expect(reused.status()).toBe(401);
    await stage.leave(planted);
    await stage.leave(page);
  });

  test("of a viewer cannot do what the pages do not offer it, and the pages say why", async () => {
    const page = await stage.openPageAs("viewer", letterPath);
    const retry = page.getByRole("button", { name: "Retry", exact: true });
    await retry.waitFor();
    expect(await retry.getAttribute("aria-disabled")).toBe("true");
    await retry.focus();
    await page.getByRole("tooltip").getByText("This takes the role operator").waitFor();
    await retry.press("Enter");
    expect(await page.getByRole("dialog").count()).toBe(0);
    const forced = await page.request.post(`${stage.url}/admin/dlq/retry`, {
      data: { filter: {} },
      headers: { origin: stage.url },
    });
    expect(forced.status()).toBe(403);
    await stage.leave(page);
  });
});
