import { eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goWithin } from "../world/go-within.ts";
import { hurryUntil } from "../world/hurry.ts";
import { publishOrders } from "../world/publish-orders.ts";
import { type PortalStage, startPortalStage } from "./start-portal-stage.ts";

let stage: PortalStage;
let endpoint: { id: string; name: string };

interface List {
  data: { id: string }[];
  next_cursor: string | null;
}

const subscribe = (name: string) =>
  stage.api.post<typeof endpoint>("/v1/subscriptions", {
    name,
    url: `${stage.world.receiver.url}/${name.toLowerCase()}`,
    events: ["order.*"],
  });

beforeAll(async () => {
  stage = await startPortalStage();
  endpoint = await subscribe("Listed");
  await publishOrders(stage.api, "listed", 60);
  await eventually(
    async () => (await stage.api.get<List>("/v1/deliveries?status=delivered")).next_cursor !== null,
    { description: "more than a page of deliveries" },
  );
});

afterAll(() => stage?.close());

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test.each(["deliveries", "events"])(
  "an older page of the %s of a day is still there later, for whoever opens its address",
  async (list) => {
    const page = await stage.openSignedIn(`/${list}?since=24h`, { hurries: true });
    await button(page, "Older").click();
    const inView = page.locator("button:enabled", { hasText: "Newer" });
    await inView.waitFor();
    await page.clock.fastForward(90_000);
    await page.reload();
    await inView.waitFor();
    expect(await page.getByRole("combobox", { name: "Any time" }).inputValue()).toMatch(/^Since \d/);
    await stage.leave(page);
  },
);

test("the list before leads to no other page, and nothing of it is ticked, while that of another filter is awaited", async () => {
  const page = await stage.openSignedIn("/deliveries");
  const older = button(page, "Older");
  await older.waitFor();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(/\/v1\/deliveries\?.*status=delivered/, async (route) => {
    await released;
    await route.continue();
  });
  await goWithin(page, "/deliveries?status=delivered");
  await page.locator("button[aria-disabled=true]", { hasText: "Older" }).click({ force: true });
  expect(await page.getByRole("checkbox", { name: /^Select/, disabled: false }).count()).toBe(0);
  release();
  await page.locator("button:not([aria-disabled])", { hasText: "Older" }).click();
  await page.locator("button:enabled", { hasText: "Newer" }).waitFor();
  expect(new URL(page.url()).searchParams.get("status")).toBe("delivered");
  await stage.leave(page);
});

test("what is ticked is ticked no more once one has gone back to another page of the list", async () => {
  const page = await stage.openSignedIn("/deliveries");
  await button(page, "Older").click();
  await page.locator("button:enabled", { hasText: "Newer" }).waitFor();
  await page
    .getByRole("checkbox", { name: /^Select dlv_/ })
    .first()
    .check();
  const replay = button(page, "Replay 1");
  await replay.waitFor();
  await page.goBack();
  await replay.waitFor({ state: "detached" });
  await stage.leave(page);
});

test("a replay of a replay is watched until it has arrived, like the first", async () => {
  const { data } = await stage.api.get<List>("/v1/deliveries?status=delivered&limit=1");
  const page = await stage.openSignedIn(`/deliveries/${data[0]!.id}`, { hurries: true });
  const badge = (status: string) => page.getByText(status, { exact: true }).first();
  for (const _time of ["first", "second"]) {
    await stage.api.post(`/v1/subscriptions/${endpoint.id}/pause`, {});
    await button(page, "Replay").click();
    await badge("held").waitFor();
    await stage.api.post(`/v1/subscriptions/${endpoint.id}/resume`, {});
    await hurryUntil(page, () => badge("delivered").isVisible(), "that it arrived");
  }
  await stage.leave(page);
});

test("what was pasted to check one delivery is gone at another one", async () => {
  const { data } = await stage.api.get<List>("/v1/deliveries?status=delivered&trigger=event&limit=1");
  const page = await stage.openSignedIn(`/deliveries/${data[0]!.id}`);
  await button(page, "Replay").click();
  await page.getByText("Repeats", { exact: true }).waitFor();
  await button(page, "Verify a signature").click();
  const secret = page.getByLabel("Signing secret");
  await secret.fill("whsec_of_this_one");
  await page.goBack();
  await secret.waitFor({ state: "detached" });
  await stage.leave(page);
});

test("the secret of one endpoint is not shown at another one", async () => {
  const { id } = await subscribe("Secretive");
  const page = await stage.openSignedIn(`/endpoints/${endpoint.id}?tab=secret`);
  await button(page, "Show the secret").waitFor();
  await page.getByRole("link", { name: "Endpoints" }).first().click();
  await page.getByRole("link", { name: "Secretive" }).click();
  await page.waitForURL(`**/endpoints/${id}`);
  await page.getByRole("tab", { name: "Signing secret" }).click();
  await button(page, "Show the secret").click();
  const secret = page.getByLabel("the signing secret", { exact: true });
  await secret.waitFor();
  await page.evaluate("history.go(-3)");
  await page.getByRole("heading", { name: endpoint.name }).waitFor();
  await secret.waitFor({ state: "detached" });
  await stage.leave(page);
});
