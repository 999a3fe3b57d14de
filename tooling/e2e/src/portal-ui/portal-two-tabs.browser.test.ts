import { newId, publicId } from "@carewire/envelope";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PortalStage, startPortalStage } from "./start-portal-stage.ts";

let stage: PortalStage;
let otherAccountId: string;

beforeAll(async () => {
  stage = await startPortalStage();
  const id = newId(Date.now());
  await stage.world.sql`
    insert into accounts (id, organization_id, name) values (${id}, ${stage.world.tenant.organizationId}, 'Clinic Utrecht')`;
  otherAccountId = publicId("acc", id);
});

afterAll(() => stage?.close());

const makeLink = async (account_id: string) =>
  (await stage.api.post<{ url: string }>("/v1/access-links", { account_id })).url;

/** A page of the first clinic. */
async function openFirst(path: string): Promise<Page> {
  const page = await stage.openPage();
  await page.goto(await makeLink(stage.accountId));
  await page.getByText("Clinic Rotterdam").waitFor();
  await page.goto(stage.url + path);
  await page.locator("h1").waitFor();
  return page;
}

/** In another tab of the same browser, the second clinic. */
async function signInElsewhere(page: Page): Promise<void> {
  const tab = await page.context().newPage();
  await tab.goto(await makeLink(otherAccountId));
  await tab.getByText("Clinic Utrecht").waitFor();
}

/** Holds what the page reads by itself from now on, which would tell it first; the result lets it go on. */
async function holdReads(page: Page): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(/\/(session|api\/v1\/(?!tail).*)$/, async (route) => {
    if (route.request().method() === "GET") await released;
    // It may have been given up meanwhile.
    await route.continue().catch(() => {});
  });
  return release;
}

test("what was filled in for one account is not made in that of another tab, which is shown instead", async () => {
  const page = await openFirst("/endpoints/new");
  await page.getByLabel("URL").fill(`${stage.world.receiver.url}/rotterdam`);
  const name = page.getByLabel("Name");
  await name.fill("Of Rotterdam");
  const release = await holdReads(page);
  await signInElsewhere(page);
  const answered = page.waitForResponse(
    (answer) => answer.request().method() === "POST" && answer.url().endsWith("/v1/subscriptions"),
  );
  await page.getByRole("button", { name: "Add endpoint" }).click();
  expect((await answered).status()).toBe(409);
  release();
  await page.getByText("What you see is of Clinic Utrecht.").waitFor();
  expect(await name.inputValue()).toBe("");
  expect((await stage.api.get<{ data: unknown[] }>("/v1/subscriptions")).data).toEqual([]);
  await stage.leave(page);
});

test("a live view of one account is not opened in that of another tab", async () => {
  const page = await openFirst("/access-links");
  const release = await holdReads(page);
  await signInElsewhere(page);
  const opened = page.waitForResponse(/\/v1\/tail/);
  await page.getByRole("link", { name: "Live tail" }).click();
  expect((await opened).status()).toBe(409);
  release();
  await page.getByText("What you see is of Clinic Utrecht.").waitFor();
  await page.getByText("connected", { exact: true }).waitFor();
  await stage.leave(page);
});
