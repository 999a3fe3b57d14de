import { afterEach, expect, test } from "vitest";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";

let receiver: Receiver | undefined;

async function start(options?: ReceiverOptions): Promise<Receiver> {
  receiver = await startReceiver(options);
  return receiver;
}

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: "POST", body, headers: { "X-Spelling": "Kept" } });
}

test("records each request byte for byte, with the verdict of verify", async () => {
  const { url, waitFor } = await start({ verify: (request) => request.body.includes("good") });
  await post(`${url}/hook?a=1`, "good ☃");
  await post(`${url}/hook`, "bad");
  const [first, second] = await waitFor(2);
  expect(first).toMatchObject({ method: "POST", path: "/hook?a=1", verified: true });
  expect(first?.body.toString()).toBe("good ☃");
  expect(first?.headers["x-spelling"]).toBe("Kept");
  expect(second?.verified).toBe(false);
});

test("answers as scripted, and the script can change between requests", async () => {
  const { url, answer } = await start({
    answer: { status: 503, headers: { "retry-after": "7" }, body: "later" },
  });
  const refused = await post(url, "1");
  expect([refused.status, refused.headers.get("retry-after"), await refused.text()]).toEqual([
    503,
    "7",
    "later",
  ]);
  answer((request) => (request.body.toString() === "cut" ? { destroy: true } : { status: 204 }));
  expect((await post(url, "2")).status).toBe(204);
  await expect(post(url, "cut")).rejects.toThrow();
});

test("close ends requests that were left hanging or delayed", async () => {
  const { url, answer, waitFor, close } = await start({ answer: { hang: true } });
  const hanging = post(url, "1").catch(() => "cut off");
  await waitFor(1);
  answer({ delayMs: 60_000 });
  const delayed = post(url, "2").catch(() => "cut off");
  await waitFor(2);
  await close();
  expect(await Promise.all([hanging, delayed])).toEqual(["cut off", "cut off"]);
});

test("memory stays bounded while the total keeps counting", async () => {
  const { url, requests, total } = await start({ recordedMax: 4, bodyBytesMax: 10 });
  for (let sent = 0; sent < 10; sent += 1) await post(url, `${sent}`);
  expect(total()).toBe(10);
  expect(requests().length).toBeLessThanOrEqual(4);
  expect(requests().at(-1)?.body.toString()).toBe("9");
  expect((await post(url, "more than ten bytes")).status).toBe(413);
});

test("waitFor says how many requests were missing", async () => {
  const { waitFor } = await start();
  await expect(waitFor(2, 20)).rejects.toThrow("Waited 20 ms for 2 requests; last error: only 0 arrived");
});
