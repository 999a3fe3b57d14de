import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createTestAuthority, eventually } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hurryUntil } from "../world/hurry.ts";
import { orders, publishOrders } from "../world/publish-orders.ts";
import { type PortalStage, startPortalStage } from "./start-portal-stage.ts";

let stage: PortalStage;
let page: Page;
let endpointPath: string;

beforeAll(async () => {
  stage = await startPortalStage();
  page = await stage.openPage({ hurries: true });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
});

afterAll(() => stage?.close());

const open = async (path: string) => {
  await page.goto(stage.url + path);
  await page.locator("h1").waitFor();
};
const button = (name: string | RegExp) => page.getByRole("button", { name }).first();
const seen = (text: string | RegExp) => page.getByText(text).first().waitFor();
const received = (path: string) => stage.world.receiver.requests().filter((request) => request.path === path);
const waitReceived = (path: string, count: number) =>
  eventually(() => received(path).length >= count, { description: `${count} at ${path}` });

async function subscribe(name: string, more: object = {}): Promise<{ id: string; secret: string }> {
  const path = `/${name.toLowerCase().replaceAll(" ", "-")}`;
  const url = stage.world.receiver.url + path;
  return stage.api.post("/v1/subscriptions", { name, url, events: ["order.*"], ...more });
}

test("a new organization is led from signing in to its first endpoint", async () => {
  await page.goto(stage.url);
  await page.getByLabel("API key").fill(stage.key);
  await button("Sign in").click();
  await page.getByRole("heading", { name: "Get started" }).waitFor();
  await button("Add endpoint").click();

  await page.getByLabel("URL").fill("ftp://example.com");
  await seen("Begin with https://");
  await page.getByLabel("URL").fill("https://10.0.0.1/hook");
  await seen("This host is not on the public internet.");
  await page.getByLabel("URL").fill(`${stage.world.receiver.url}/first`);
  await seen(/Connected in \d+ ms/);
  await page.getByLabel("Name").fill("First endpoint");
  await page.getByText("All events").click();
  await page.getByLabel("Search event types").fill("order");
  await page.getByLabel("order.*", { exact: true }).click();
  await page.getByRole("button", { name: "Sample" }).first().click();
  await page.getByRole("group", { name: /the sample of order\./ }).waitFor();
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByRole("heading", { name: "First endpoint is ready" }).waitFor();
});

test("the secret shown verifies the test that is sent, whose outcome is shown at once", async () => {
  const secret = (await page.getByLabel("the signing secret", { exact: true }).textContent()) ?? "";
  await page.getByRole("tab", { name: "Python" }).click();
  await page.getByRole("group", { name: "the Python code" }).waitFor();
  await button("Send test").click();
  await seen("Your endpoint answered 200 and has the message.");
  const [request] = received("/first");
  const headers = request?.headers as Record<string, string>;
  expect(new Webhook(secret).verify(String(request?.body), headers)).toMatchObject({ type: /^order\./ });
  await page.getByRole("button", { name: "Open the endpoint" }).click();
  await page.getByRole("heading", { name: "First endpoint", exact: true }).waitFor();
  endpointPath = new URL(page.url()).pathname;
});

test("pausing holds what is published, resuming sends it, and the page tells without a reload", async () => {
  await button("Pause").click();
  await seen("Deliveries are held until it is resumed. Nothing is lost.");
  const before = received("/first").length;
  await publishOrders(stage.api, "held", 3);
  const held = page.getByText("held", { exact: true });
  await hurryUntil(page, async () => (await held.count()) >= 3, "what is held");
  expect(received("/first")).toHaveLength(before);
  await button("Resume").click();
  await waitReceived("/first", before + 3);
  await hurryUntil(page, async () => (await held.count()) === 0, "that nothing is held");
});

test("a changed setting is in force for the next delivery, and a wrong one is explained at its field", async () => {
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Filter").fill('{"amount": {"$near": 5}}');
  await page.getByRole("button", { name: "Save changes" }).click();
  await seen(/amount\.\$near/);
  await page.getByLabel("Filter").fill("");
  await page.getByLabel("Flat").click();
  await page.getByRole("group", { name: /in the format flat/ }).waitFor();
  await page.getByRole("button", { name: "Add a header" }).first().click();
  await page.getByLabel("Name of header 1").fill("X-Tenant");
  await page.getByLabel("Value of header 1").fill("clinic-7");
  await page.getByRole("button", { name: "Save changes" }).click();
  await seen("Saved. Deliveries from now on follow it.");
  await publishOrders(stage.api, "flat", 1);
  const flat = await eventually(
    () => received("/first").find(({ body }) => String(body).startsWith('{"event_type":"order.paid"')),
    { description: "a flat body with its header" },
  );
  expect(flat.headers["x-tenant"]).toBe("clinic-7");
});

test("a client certificate and notes are kept with an endpoint; a key that does not fit is refused at its field", async () => {
  const authority = await createTestAuthority();
  const [mine, other] = [await authority.client("clinic-7"), await authority.client("clinic-8")];
  const { id } = await subscribe("Mutual");
  await open(`/endpoints/${id}?tab=settings`);
  await page.getByRole("combobox", { name: "Client certificate" }).click();
  await page.getByRole("option", { name: "Certificate and key" }).click();
  await page.getByLabel("Certificate", { exact: true }).fill(mine.certificate);
  await page.getByLabel("Private key").fill(other.key);
  await page.getByLabel("Metadata").fill('{"team": "integrations", "tier": 2}');
  await button("Save changes").click();
  await seen("key is not the key of this certificate");
  await page.getByLabel("Private key").fill(mine.key);
  await button("Save changes").click();
  await seen(/CN=clinic-7, ends/);
  await seen('{"team":"integrations","tier":2}');
});

test("an endpoint that is a stream has no URL to ask for, and its other settings are changed", async () => {
  const body = { name: "Listener", transport: "stream", events: ["order.*"] };
  const { id } = await stage.api.post<{ id: string }>("/v1/subscriptions", body);
  await open(`/endpoints/${id}?tab=settings`);
  await page.getByLabel("Name").fill("Listener of the lab");
  expect(await page.getByLabel("URL").count()).toBe(0);
  await button("Save changes").click();
  await page.getByRole("heading", { name: "Listener of the lab" }).waitFor();
});

test("a replaced secret signs together with the old one", async () => {
  await open(`${endpointPath}?tab=secret`);
  await button("Show the secret").click();
  const old = (await page.getByLabel("the signing secret", { exact: true }).textContent()) ?? "";
  await button("Replace the secret").click();
  await page.getByRole("button", { name: "Replace it" }).click();
  const fresh = (await page.getByLabel("the new secret", { exact: true }).textContent()) ?? "";
  expect(fresh).not.toBe(old);
  // The page shows it no more as the one to verify with.
  await button("Show the secret").waitFor();
  await open(`${endpointPath}?tab=try`);
  await eventually(
    async () => {
      await button("Ping").click();
      await page.getByText("Your endpoint answered 200").first().waitFor();
      return String(received("/first").at(-1)?.headers["webhook-signature"]).includes(" ");
    },
    { description: "a delivery with two signatures" },
  );
  const { body, headers } = received("/first").at(-1)!;
  for (const secret of [old, fresh]) {
    expect(() => new Webhook(secret).verify(String(body), headers as Record<string, string>)).not.toThrow();
  }
});

test("a failure is explained, copied as curl and replayed once it is mended", async () => {
  stage.world.receiver.answer(({ path }) =>
    path === "/broken" ? { status: 500, body: '{"error":"out of order"}' } : {},
  );
  const { id, secret } = await subscribe("Broken");
  await publishOrders(stage.api, "broken", 1);
  await open(`/deliveries?subscription_id=${id}`);
  await page.getByRole("table").getByText("retrying", { exact: true }).waitFor();
  await page.locator("body").press("j");
  await page.locator("[data-row-link]:focus").press("Enter");
  await seen("Your endpoint failed with 500");
  await seen("out of order");
  await page
    .getByRole("button", { name: /^2 500/ })
    .or(page.getByText("retry 2 of 7"))
    .first()
    .waitFor();

  await button("Verify a signature").click();
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await page.getByLabel("Signing secret").fill(secret);
  await button("Check the signature").click();
  await seen("The signature fits");
  await page.getByLabel("Signing secret").fill(`whsec_${Buffer.alloc(32).toString("base64")}`);
  await button("Check the signature").click();
  await seen("The signature does not fit");
  expect(sent.filter((text) => text.includes(secret.slice(6)))).toEqual([]);

  await button("Copy as curl").click();
  await seen("Copied");
  const count = received("/broken").length;
  const command = await page.evaluate<string>("navigator.clipboard.readText()");
  await promisify(execFile)("sh", ["-c", command], { timeout: 10_000 });
  const copy = received("/broken").at(-1)!;
  expect(received("/broken")).toHaveLength(count + 1);
  expect(() =>
    new Webhook(secret).verify(String(copy.body), copy.headers as Record<string, string>),
  ).not.toThrow();

  stage.world.receiver.answer({});
  await button("Cancel").click();
  await seen("It was cancelled. Replay it to send it after all.");
  const countReplayed = async () =>
    (await stage.world.sql`select 1 from deliveries where trigger = 1 and status = 2`).length;
  const before = await countReplayed();
  let isRead = false;
  const reading = /\/v1\/deliveries\/dlv_\w+$/;
  await page.route(reading, async (route) => {
    if (route.request().method() === "GET") {
      await eventually(async () => (await countReplayed()) > before);
      isRead = true;
    }
    await route.continue();
  });
  // Attempts that were read before the delivery was may lack the last one.
  const attempts = /\/v1\/deliveries\/dlv_\w+\/attempts/;
  const none = { data: [], next_cursor: null, prev_cursor: null };
  await page.route(attempts, (route) => (isRead ? route.continue() : route.fulfill({ json: none })));
  await button("Replay").click();
  await seen("Your endpoint answered 200 and has the message.");
  await page.unroute(reading);
  await page.unroute(attempts);
});

test("many are replayed by filter after a count, and the job is watched to its end", async () => {
  const { id } = await subscribe("Bulk");
  await publishOrders(stage.api, "bulk", 25);
  await waitReceived("/bulk", 25);
  // What arrived is written down a moment later.
  const delivered = `/v1/deliveries?subscription_id=${id}&status=delivered&limit=50`;
  await eventually(async () => (await stage.api.get<{ data: unknown[] }>(delivered)).data.length === 25);
  await open(`/deliveries?subscription_id=${id}&status=delivered`);
  await button("Replay all of these").click();
  await seen("25 messages");
  await page.getByRole("button", { name: "Replay 25 messages" }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await page.getByText("done", { exact: true }).first().waitFor();
  await seen("25 of 25");
  await waitReceived("/bulk", 50);
});

test("a slow replay is cancelled, and those that are ticked are replayed alone", async () => {
  await open(`/deliveries?status=delivered&type=order.paid`);
  await button("Replay all of these").click();
  await page.getByLabel("Messages per second at most").fill("1");
  await page.getByRole("button", { name: /^Replay (at least |up to )?\d+ messages/ }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await button("Cancel the replay").click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the replay" }).click();
  await page.getByText("cancelled", { exact: true }).first().waitFor();

  await open("/deliveries?status=delivered&trigger=event");
  await page
    .getByRole("checkbox", { name: /^Select dlv_/ })
    .first()
    .check();
  await page
    .getByRole("checkbox", { name: /^Select dlv_/ })
    .nth(1)
    .check();
  await button("Replay 2").click();
  await seen("2 queued to be sent again.");
});

test("events missed by an endpoint are found and sent", async () => {
  await stage.api.post("/v1/events/batch", { events: orders("early", 2) });
  const { id } = await subscribe("Late", { events: ["order.paid"] });
  await open(`/endpoints/${id}?tab=recover`);
  await page.getByText("Never sent here").click();
  await button("Count them").click();
  await page.getByRole("button", { name: /^Replay (at least |up to )?\d+ messages/ }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await eventually(() => received("/late").some(({ body }) => String(body).includes("early_1")), {
    description: "an event from before the endpoint",
  });
});

test("the catalog explains a type, publishes its sample, and the event's page shows where it went", async () => {
  await open("/catalog");
  await page.getByLabel("Search the catalog").fill("order.paid");
  await page.getByRole("link", { name: /order\.paid/ }).click();
  await page.getByRole("heading", { name: "order.paid" }).waitFor();
  await seen("customer_id");
  await page.getByRole("tab", { name: "Go" }).click();
  await page.getByRole("group", { name: "the Go code" }).waitFor();
  await button("Publish the sample").click();
  await page.waitForURL(/\/events\/evt_/);
  const chain = page.getByRole("region", { name: "From where, to where" });
  await chain.getByText("delivered", { exact: true }).first().waitFor();
  await chain.getByRole("link", { name: "Bulk" }).waitFor();
});

test("the live tail shows an event, its delivery and its attempt as they happen", async () => {
  await open("/tail");
  await page.getByText("connected", { exact: true }).waitFor();
  await publishOrders(stage.api, "tail", 1);
  const lines = page.getByRole("list", { name: "What happened" });
  await lines.getByText("event", { exact: true }).first().waitFor();
  await lines.getByText("attempt 1", { exact: true }).first().waitFor();
});
