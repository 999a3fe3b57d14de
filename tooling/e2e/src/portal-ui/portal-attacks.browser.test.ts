import { eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hurryUntil } from "../world/hurry.ts";
import { type FramingPage, startFramingPage } from "./start-framing-page.ts";
import { type PortalStage, signInAs, startPortalStage } from "./start-portal-stage.ts";

let stage: PortalStage;
let endpoint: { id: string };
/** A page of a product that may show the portal in a frame, and one of somebody else. */
let product: FramingPage;
let stranger: FramingPage;

const hostile = [
  `<img src=x onerror="window.attacked=1">`,
  `</script><script>window.attacked=1</script>`,
  `javascript:window.attacked=1`,
  `{{constructor.constructor('window.attacked=1')()}}`,
  "\u001b[2J\u202egpj.exe\u0007",
].join(" ");

beforeAll(async () => {
  [product, stranger] = await Promise.all([startFramingPage(), startFramingPage()]);
  stage = await startPortalStage({ PORTAL_EMBED_ORIGINS: product.url });
  stage.world.receiver.answer({
    status: 500,
    headers: { "x-hostile": "<img src=x onerror=window.attacked=1>", "content-type": "text/html" },
    body: hostile,
  });
  const body = { name: hostile.slice(0, 100), url: `${stage.world.receiver.url}/hook`, events: ["order.*"] };
  endpoint = await stage.api.post("/v1/subscriptions", body);
});

afterAll(async () => {
  await stage?.close();
  for (const page of [product, stranger]) page?.close();
});

const isAttacked = (page: Page) => page.evaluate("'attacked' in window");

/** Everything the browser's policy stopped, or that broke, on a page. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
  });
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  return complaints;
}

describe("what others wrote is shown as text and does nothing", () => {
  test("in payloads, subjects, answers, headers and names", async () => {
    const data = { order_id: hostile, customer_id: "c", [hostile.slice(0, 60)]: hostile };
    const event = { type: "order.paid", subject: hostile.slice(0, 200).replaceAll("\u0000", ""), data };
    const { id } = await stage.api.post<{ id: string }>("/v1/events", event);
    const delivery = await eventually(
      async () => {
        const { data: found } = await stage.api.get<{ data: { id: string; attempts: number }[] }>(
          `/v1/deliveries?event_id=${id}`,
        );
        return found[0]?.attempts ? found[0] : undefined;
      },
      { description: "an attempt" },
    );
    const page = await stage.openSignedIn("/endpoints");
    const complaints = listen(page);
    for (const path of [
      "/endpoints",
      `/endpoints/${endpoint.id}`,
      "/deliveries",
      `/deliveries/${delivery.id}`,
      "/events",
      `/events/${id}`,
    ]) {
      await page.goto(stage.url + path);
      await page.locator("h1").waitFor();
      await page.getByText("onerror").first().waitFor();
      expect(await isAttacked(page)).toBe(false);
    }
    await page.goto(`${stage.url}/deliveries/${delivery.id}`);
    await page.getByText("Response body").first().waitFor();
    await page.getByText("\\u202egpj.exe").first().waitFor();
    expect(complaints).toEqual([]);
    await stage.leave(page);
  });

  test("a payload as large as there is does not stop the page", async () => {
    const data = { order_id: "o", customer_id: "c", blob: "x".repeat(250_000) };
    const { id } = await stage.api.post<{ id: string }>("/v1/events", { type: "order.paid", data });
    const page = await stage.openSignedIn(`/events/${id}`);
    await page.getByText("more characters are not shown").waitFor();
    await stage.leave(page);
  });
});

describe("other sites", () => {
  test("cannot show the portal in a frame", async () => {
    const page = await stage.openPage();
    await page.goto(`${stranger.url}/${encodeURIComponent(stage.url)}`);
    const frame = page.frames()[1];
    await eventually(() => frame?.url().startsWith("chrome-error:"), {
      description: "the frame was refused",
    });
    await stage.leave(page);
  });

  test("cannot make a signed-in browser change anything", async () => {
    const page = await stage.openSignedIn("/endpoints");
    const pause = `${stage.url}/api/v1/subscriptions/${endpoint.id}/pause`;
    await page.goto(stranger.url);
    await page.evaluate(
      `fetch(${JSON.stringify(pause)}, {method: "POST", credentials: "include", mode: "no-cors"}).catch(() => null)`,
    );
    await page.setContent(`<form method="post" action="${pause}"><button>go</button></form>`);
    const answered = page.waitForResponse((response) => response.url() === pause);
    await page.getByRole("button", { name: "go" }).click();
    expect((await answered).status()).toBe(403);
    const { active } = await stage.api.get<{ active: boolean }>(`/v1/subscriptions/${endpoint.id}`);
    expect(active).toBe(true);
    await stage.leave(page);
  });
});

describe("a session", () => {
  test("is a new one at every sign-in, and the one before it is dead", async () => {
    const page = await stage.openPage();
    await signInAs(page, stage.url, stage.key);
    const cookieOf = async () =>
      (await page.context().cookies()).find(({ name }) => name.startsWith("__Host-portal"))!;
    const first = await cookieOf();
    expect(first).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict", path: "/" });
    await signInAs(page, stage.url, stage.key);
    const second = await cookieOf();
    expect(second.value).not.toBe(first.value);
    const use = async (value: string) =>
      (await fetch(`${stage.url}/session`, { headers: { cookie: `${first.name}=${value}` } })).status;
    await eventually(async () => (await use(first.value)) === 401);
    expect(await use(second.value)).toBe(200);

    await page.goto(stage.url);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to your webhooks" }).waitFor();
    await eventually(async () => (await use(second.value)) === 401);
    await stage.leave(page);
  });

  test("that ends while a page is open leads back to signing in, and then to the same page", async () => {
    const key = await stage.createKey("soon gone", [
      "subscriptions:read",
      "deliveries:read",
      "event_types:read",
    ]);
    const page = await stage.openPage({ hurries: true });
    await signInAs(page, stage.url, key);
    await page.goto(`${stage.url}/endpoints/${endpoint.id}`);
    await page.locator("h1").waitFor();
    const pause = page.getByRole("button", { name: "Pause" });
    await pause.focus();
    await page.getByText("Your access does not include “change endpoints”.").waitFor();
    await stage.world.sql`update api_keys set revoked_at = now() where name = 'soon gone'`;
    await hurryUntil(page, () => page.getByText("Your session has ended.").isVisible(), "a refused refresh");
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This is not a valid API key").waitFor();
    await page.getByLabel("API key").fill(stage.key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    expect(page.url()).toContain(endpoint.id);
    await stage.leave(page);
  });
});

describe("an access link", () => {
  test("lets one browser in once, shows one account alone, and stays in no address", async () => {
    const maker = await stage.openSignedIn("/access-links");
    await maker.getByRole("combobox", { name: "For" }).click();
    await maker.getByRole("option", { name: "Clinic Rotterdam" }).click();
    await maker.getByRole("button", { name: "Create the link" }).click();
    const link = (await maker.getByLabel("the access link", { exact: true }).textContent()) ?? "";
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/access#cw_link_\w+$/);

    const guest = await stage.openPage();
    await guest.goto(link);
    await guest.getByRole("heading", { name: "Get started" }).waitFor();
    expect(guest.url()).not.toContain("cw_link");
    await guest.getByText("Clinic Rotterdam").waitFor();
    expect(await guest.getByRole("link", { name: "API keys" }).count()).toBe(0);
    await guest.goto(`${stage.url}/endpoints/${endpoint.id}`);
    await guest.getByText("Not found").waitFor();

    const late = await stage.openPage();
    await late.goto(link);
    await late.getByText("This link was used already, or has expired.").waitFor();
    for (const page of [maker, guest, late]) await stage.leave(page);
  });
});

test("a link for a frame opens there, without what makes no sense inside of another product", async () => {
  const body = { embed_origin: product.url, account_id: stage.accountId };
  const { url } = await stage.api.post<{ url: string }>("/v1/access-links", body);
  const page = await stage.openPage();
  await page.goto(`${product.url}/${encodeURIComponent(url)}`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Get started" }).waitFor();
  await frame.getByRole("link", { name: "Deliveries" }).click();
  await frame.getByText("No deliveries yet").waitFor();
  for (const name of ["API keys", "Access links"]) {
    expect(await frame.getByRole("link", { name }).count()).toBe(0);
  }
  expect(await frame.getByRole("button", { name: "Sign out" }).count()).toBe(0);
  await stage.leave(page);
});

describe("API keys", () => {
  test("are shown once, work, and stop working when revoked", async () => {
    const page = await stage.openSignedIn("/api-keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByLabel("Name").fill("nightly import");
    await page.getByRole("dialog").getByRole("button", { name: "Create the key" }).click();
    const key = (await page.getByLabel("the API key", { exact: true }).textContent()) ?? "";
    expect(key).toMatch(/^cw_live_/);
    const publish = () =>
      fetch(`${stage.apiUrl}/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ type: "order.paid", data: { order_id: "o", customer_id: "c" } }),
      });
    expect((await publish()).status).toBe(202);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.getByRole("table").getByText("nightly import", { exact: true }).first().waitFor();
    expect(await page.content()).not.toContain(key);
    await page.getByRole("button", { name: "Revoke nightly import" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
    const row = page.getByRole("row").filter({ hasText: "nightly import" });
    await row.getByText("revoked", { exact: true }).waitFor();
    await eventually(async () => (await publish()).status === 401);
    await stage.leave(page);
  });
});
