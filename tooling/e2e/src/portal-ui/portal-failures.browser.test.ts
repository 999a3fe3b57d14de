import { eventually } from "@carewire/testkit";
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hurryUntil } from "../world/hurry.ts";
import { publishOrders } from "../world/publish-orders.ts";
import { type PortalStage, signInAs, startPortalStage } from "./start-portal-stage.ts";

let stage: PortalStage;

beforeAll(async () => {
  stage = await startPortalStage();
});

afterAll(() => stage?.close());

const unavailable = {
  status: 503,
  json: { status: 503, code: "service_unavailable", detail: "The API cannot be reached right now." },
};

/** Answers requests of one method to the portal's own session, and lets the others through. */
const onSession = (page: Page, method: string, answer: (route: Route) => Promise<void>) =>
  page.route("**/session", (route) =>
    route.request().method() === method ? answer(route) : route.continue(),
  );

const makeLink = async () =>
  (await stage.api.post<{ url: string }>("/v1/access-links", { account_id: stage.accountId })).url;

test("what is half filled in stays while the session cannot be read again", async () => {
  const page = await stage.openSignedIn("/endpoints/new", { hurries: true });
  const name = page.getByLabel("Name");
  await name.fill("Half an endpoint");
  let failures = 0;
  page.on("requestfailed", (request) => {
    if (request.url().endsWith("/session")) failures++;
  });
  await page.route("**/session", (route) => route.abort());
  // The second one is asked only after the first was taken in.
  await eventually(
    async () => {
      await page.clock.fastForward(60_000);
      return failures >= 2;
    },
    { description: "two readings that fail" },
  );
  expect(await name.inputValue()).toBe("Half an endpoint");
  await stage.leave(page);
});

test("what is typed into the settings stays when the endpoint is paused meanwhile, and is what is saved", async () => {
  const { id } = await stage.api.post<{ id: string }>("/v1/subscriptions", {
    name: "Edited",
    url: `${stage.world.receiver.url}/edited`,
    events: ["order.*"],
  });
  const page = await stage.openSignedIn(`/endpoints/${id}?tab=settings`, { hurries: true });
  const description = page.getByLabel("Description");
  await description.fill("Orders of the lab");
  await stage.api.post(`/v1/subscriptions/${id}/pause`, {});
  const resume = page.getByRole("button", { name: "Resume" });
  await hurryUntil(page, () => resume.isVisible(), "the pause");
  expect(await description.inputValue()).toBe("Orders of the lab");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Saved. Deliveries from now on follow it.").waitFor();
  expect(await stage.api.get(`/v1/subscriptions/${id}`)).toMatchObject({
    description: "Orders of the lab",
    active: false,
  });
  await stage.leave(page);
});

test("a live tail that was refused is opened again by itself", async () => {
  const page = await stage.openSignedIn("/endpoints", { hurries: true });
  await page.route("**/api/v1/tail*", (route) => route.fulfill(unavailable), { times: 1 });
  await page.goto(`${stage.url}/tail`);
  await page.getByText("no connection; trying again").waitFor();
  const connected = page.getByText("connected", { exact: true });
  await hurryUntil(page, () => connected.isVisible(), "a connection");
  await publishOrders(stage.api, "tail", 1);
  const lines = page.getByRole("list", { name: "What happened" });
  await lines.getByText("event", { exact: true }).first().waitFor();
  await stage.leave(page);
});

describe("a live tail", () => {
  const listen = async (page: Page, body: string, then = async () => {}) => {
    const fulfil = async (route: Route) => {
      await then();
      await route.fulfill({ contentType: "text/event-stream", body });
    };
    await page.route("**/api/v1/tail*", fulfil, { times: 1 });
    await page.goto(`${stage.url}/tail`);
  };

  test("says where messages are missing, and again once it was interrupted", async () => {
    const page = await stage.openSignedIn("/endpoints");
    await listen(page, 'retry: 1\nevent: skipped\ndata: {"messages":3}\n\n');
    await page.getByText("Some happened that are not shown here").nth(1).waitFor();
    await stage.leave(page);
  });

  test("that ends with its session leads to signing in", async () => {
    const page = await stage.openSignedIn("/endpoints");
    await listen(page, 'event: end\ndata: {"reason":"unauthorized"}\n\n', () =>
      page.context().clearCookies(),
    );
    await page.getByText("Your session has ended.").waitFor();
    await stage.leave(page);
  });
});

test("a link is made for nobody while the accounts to choose from cannot be read", async () => {
  const page = await stage.openSignedIn("/endpoints", { hurries: true });
  const asked: unknown[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/access-links") && request.method() === "POST")
      asked.push(request.postDataJSON());
  });
  await page.route("**/api/v1/accounts*", (route) => route.fulfill(unavailable));
  await page.goto(`${stage.url}/access-links`);
  const create = page.getByRole("button", { name: "Create the link" });
  await create.dispatchEvent("click");
  const refusal = page.getByText("Your accounts could not be read, so it would be for all of them.");
  await hurryUntil(page, () => refusal.isVisible(), "the refusal");
  await create.dispatchEvent("click");
  await page.unroute("**/api/v1/accounts*");
  const choice = page.getByRole("combobox", { name: "For" });
  await hurryUntil(page, () => choice.isVisible(), "the accounts");
  expect(asked).toEqual([]);
  await choice.click();
  await page.getByRole("option", { name: "Clinic Rotterdam" }).click();
  await create.click();
  await page.getByText("It is for Clinic Rotterdam.").waitFor();
  expect(asked).toMatchObject([{ account_id: stage.accountId }]);
  await stage.leave(page);
});

describe("an access link", () => {
  test("is followed again when the server could not be asked, before it is said to be over", async () => {
    const page = await stage.openPage({ hurries: true });
    let tries = 0;
    await onSession(page, "POST", (route) => (tries++ === 0 ? route.fulfill(unavailable) : route.continue()));
    await page.goto(await makeLink());
    // No longer: the page's patience with what it asked would pass as quickly.
    await hurryUntil(page, async () => tries === 2, "the second try");
    await page.getByRole("heading", { name: "Get started" }).waitFor();
    expect(tries).toBe(2);
    await stage.leave(page);
  });

  test("that nobody can be asked about is not said to be over: it can be opened again", async () => {
    const page = await stage.openPage({ hurries: true });
    let isGone = true;
    await onSession(page, "POST", (route) => (isGone ? route.abort() : route.continue()));
    const link = await makeLink();
    await page.goto(link);
    const notice = page.getByText("Open it again in a moment.");
    await hurryUntil(page, () => notice.isVisible(), "what the link came to");
    isGone = false;
    await page.goto(link);
    await page.getByRole("heading", { name: "Get started" }).waitFor();
    await stage.leave(page);
  });

  test("that lets nobody in says so above the session that was there before, until somebody signs in", async () => {
    const page = await stage.openPage();
    const link = await makeLink();
    await page.goto(link);
    await page.getByRole("heading", { name: "Get started" }).waitFor();
    const refusal = page.getByText("This link was used already, or has expired.");
    const before = page.getByText("this browser was signed in to before: Clinic Rotterdam.");
    await page.goto(link);
    await refusal.and(before).waitFor();
    await page.getByRole("status").getByRole("button", { name: "Close" }).click();
    await refusal.waitFor({ state: "detached" });

    await page.goto(link);
    await refusal.and(before).waitFor();
    const signOut = page.getByRole("button", { name: "Sign out" });
    await signOut.click();
    await page.getByLabel("API key").fill(stage.key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await signOut.waitFor();
    expect(await refusal.count()).toBe(0);
    await signOut.click();
    await page.getByRole("heading", { name: "Sign in to your webhooks" }).waitFor();
    expect(await refusal.count()).toBe(0);
    await stage.leave(page);
  });
});

describe("signing out", () => {
  test("that does not reach the server says that one is still signed in", async () => {
    const page = await stage.openSignedIn("/endpoints");
    await onSession(page, "DELETE", (route) => route.abort());
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are still signed in").waitFor();
    await page.getByRole("heading", { name: "Endpoints" }).waitFor();
    await stage.leave(page);
  });

  test("that the server could do in this browser only says so, and shows nothing any more", async () => {
    const page = await stage.openSignedIn("/endpoints");
    await onSession(page, "DELETE", async (route) => {
      await page.context().clearCookies();
      await route.fulfill(unavailable);
    });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("Signed out in this browser only").waitFor();
    await page.getByRole("heading", { name: "Sign in to your webhooks" }).waitFor();
    await stage.leave(page);
  });

  test("that a busy server refused says that one is still signed in", async () => {
    const page = await stage.openSignedIn("/endpoints");
    await onSession(page, "DELETE", (route) => route.fulfill(unavailable));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are still signed in").waitFor();
    await page.getByRole("heading", { name: "Endpoints" }).waitFor();
    await stage.leave(page);
  });
});

describe("the start of a replay", () => {
  let id: string;

  beforeAll(async () => {
    ({ id } = await stage.api.post<{ id: string }>("/v1/subscriptions", {
      name: "Replayed",
      url: `${stage.world.receiver.url}/replayed`,
      events: ["order.*"],
    }));
    await publishOrders(stage.api, "replayed", 1);
    const delivered = `/v1/deliveries?subscription_id=${id}&status=delivered`;
    await eventually(async () => (await stage.api.get<{ data: unknown[] }>(delivered)).data.length === 1, {
      description: "a delivery",
    });
  });

  /** Presses the button that starts it once it was counted; what was asked waits for its answer. */
  const start = async (page: Page, path: string): Promise<Route> => {
    const asked = Promise.withResolvers<Route>();
    await page.route(`**/api/v1${path}`, (route) =>
      route.request().postDataJSON()?.dry_run === false ? asked.resolve(route) : route.continue(),
    );
    await page.getByRole("button", { name: /^Replay .*\d messages?$/ }).click();
    return asked.promise;
  };

  test("by filter is of what was counted, not of what came since", async () => {
    const path = `/deliveries?subscription_id=${id}&status=delivered`;
    const page = await stage.openSignedIn(path);
    await page.getByRole("button", { name: "Replay all of these" }).click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Replay 1 message" });
    await confirm.waitFor();
    await publishOrders(stage.api, "since", 1);
    await eventually(async () => (await stage.api.get<{ data: unknown[] }>(`/v1${path}`)).data.length === 2, {
      description: "a second delivery",
    });
    const made = page.waitForResponse((answer) => answer.status() === 202);
    await confirm.click();
    expect(await (await made).json()).toMatchObject({ total: 1 });
    await stage.leave(page);
  });

  test("by filter cannot be left before it is known whether it failed", async () => {
    const page = await stage.openSignedIn(`/deliveries?subscription_id=${id}&status=delivered`);
    await page.getByRole("button", { name: "Replay all of these" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("92 days ago").waitFor();
    const asked = await start(page, "/replays");
    await dialog.locator("button[aria-label=Close]:disabled").waitFor();
    const cancel = dialog.getByRole("button", { name: "Cancel" });
    expect(await cancel.isDisabled()).toBe(true);
    await page.mouse.click(5, 5);
    await page.keyboard.press("Escape");
    await asked.fulfill(unavailable);
    await dialog.getByText(unavailable.json.detail).waitFor();
    await cancel.click();
    await dialog.waitFor({ state: "detached" });
    await stage.leave(page);
  });

  test("to one endpoint cannot be changed before it is known whether it failed", async () => {
    const page = await stage.openSignedIn(`/endpoints/${id}?tab=recover`);
    const onlyFailed = page.getByLabel("Only what did not arrive");
    await onlyFailed.uncheck();
    await page.getByRole("button", { name: "Count them" }).click();
    const asked = await start(page, `/subscriptions/${id}/recover`);
    const change = page.getByRole("button", { name: "Change" });
    const controls = [change, onlyFailed, page.getByLabel("Since"), page.getByLabel("Never sent here")];
    await eventually(() => change.isDisabled(), { description: "a start under way" });
    for (const control of controls) expect(await control.first().isDisabled()).toBe(true);
    await asked.fulfill(unavailable);
    await page.getByText(unavailable.json.detail).waitFor();
    await change.click();
    await page.getByRole("button", { name: "Count them" }).waitFor();
    await stage.leave(page);
  });
});

test("an API key can be made by somebody who may not publish events", async () => {
  const page = await stage.openPage();
  await signInAs(
    page,
    stage.url,
    await stage.createKey("key maker", ["api_keys:read", "api_keys:write", "deliveries:read"]),
  );
  await page.goto(`${stage.url}/api-keys`);
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("reads deliveries");
  const create = dialog.getByRole("button", { name: "Create the key" });
  expect(await create.isDisabled()).toBe(true);
  await dialog.getByLabel("see deliveries").check();
  await create.click();
  await dialog.getByLabel("the API key", { exact: true }).waitFor();
  await stage.leave(page);
});

test("a new API key is not lost by a click beside it, by Escape, or by closing before it is there", async () => {
  const page = await stage.openSignedIn("/api-keys");
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("nightly import");
  const asked = Promise.withResolvers<Route>();
  await page.route("**/api/v1/api-keys", (route) =>
    route.request().method() === "POST" ? asked.resolve(route) : route.continue(),
  );
  await dialog.getByRole("button", { name: "Create the key" }).click();
  const route = await asked.promise;
  await dialog.locator("button[aria-label=Close]:disabled").waitFor();
  await page.mouse.click(5, 5);
  await page.keyboard.press("Escape");
  await route.continue();
  const key = dialog.getByLabel("the API key", { exact: true });
  await key.waitFor();
  await page.mouse.click(5, 5);
  await page.keyboard.press("Escape");
  expect(await key.textContent()).toMatch(/^cw_live_/);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await dialog.waitFor({ state: "detached" });
  await stage.leave(page);
});
