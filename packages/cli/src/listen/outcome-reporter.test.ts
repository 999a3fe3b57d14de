import { expect, test } from "vitest";
import { CliError, exitCodes } from "../exit-codes.ts";
import { createOutcomeReporter, type Settled } from "./outcome-reporter.ts";

const outcome = { fault: "connect", durationMs: 1.4 } as const;
const settled = (id: string): Settled => ({
  delivery_id: id,
  in_force: true,
  recorded: true,
  status: "delivered",
  reason: "",
  next_retry_at: null,
});

const sixtyFour = Array.from({ length: 64 }, (_, i) => `dlv_${i}`);

type Sent = { delivery_id: string; lease: string }[];

/** A reporter whose API answers as told, one answer per request. */
function setUp(answers: ((sent: Sent) => { data: Settled[] })[]) {
  const sent: Sent[] = [];
  const refused: string[] = [];
  const done: string[] = [];
  const reporter = createOutcomeReporter({
    async send(outcomes) {
      sent.push(outcomes as Sent);
      const answer =
        answers[sent.length - 1] ?? ((all: Sent) => ({ data: all.map((one) => settled(one.delivery_id)) }));
      return answer(outcomes as Sent);
    },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onSettled: ({ delivery_id }) => done.push(delivery_id),
    onRefused: ({ message }) => refused.push(message),
  });
  return { reporter, sent, refused, done };
}

const fail = (status: number) => () => {
  throw new CliError(`status ${status}`, exitCodes.failed, { status });
};

test("an outcome is reported until the API takes it", async () => {
  const { reporter, sent, done } = setUp([fail(503), fail(429)]);
  reporter.report("dlv_1", "lease", outcome);
  await reporter.flush(1_000);
  for (let i = 0; i < 20 && done.length === 0; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveLength(3);
  expect(done).toEqual(["dlv_1"]);
});

test("what comes while a report is on its way goes with the next, together", async () => {
  const { reporter, sent } = setUp([]);
  for (const id of ["dlv_1", "dlv_2", "dlv_3"]) reporter.report(id, "lease", outcome);
  await reporter.flush(1_000);
  expect(
    sent
      .flat()
      .map(({ delivery_id }) => delivery_id)
      .sort(),
  ).toEqual(["dlv_1", "dlv_2", "dlv_3"]);
  expect(sent.length).toBeLessThanOrEqual(2);
});

test("a delivery that came again before it could be reported counts under its new lease", async () => {
  const { reporter, sent, done } = setUp([fail(503)]);
  reporter.report("dlv_1", "old", outcome);
  expect(reporter.renew("dlv_1", "new")).toBe(true);
  expect(reporter.renew("dlv_2", "new")).toBe(false);
  for (let i = 0; i < 20 && done.length === 0; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(sent.at(-1)).toMatchObject([{ delivery_id: "dlv_1", lease: "new" }]);
});

const late = (sent: Sent) => ({
  data: sent.map((one) => ({ ...settled(one.delivery_id), in_force: false, recorded: false })),
});
const recordedBefore = (sent: Sent) => ({
  data: sent.map((one) => ({ ...settled(one.delivery_id), in_force: false })),
});
const until = async (done: () => boolean) => {
  for (let i = 0; i < 200 && !done(); i++) await new Promise((resolve) => setImmediate(resolve));
};

test("an outcome whose lease had just been replaced counts once the delivery comes again", async () => {
  const { reporter, sent, done } = setUp([late]);
  reporter.report("dlv_1", "old", outcome);
  await until(() => done.length === 1);
  expect(reporter.renew("dlv_1", "new")).toBe(true);
  await until(() => done.length === 2);
  expect(sent.at(-1)).toMatchObject([{ delivery_id: "dlv_1", lease: "new" }]);
  expect(reporter.renew("dlv_1", "newer")).toBe(false);
});

test("an outcome that was recorded before is no answer to a later attempt", async () => {
  const { reporter, done } = setUp([fail(503), recordedBefore]);
  reporter.report("dlv_1", "old", outcome);
  await until(() => done.length === 1);
  expect(reporter.renew("dlv_1", "new")).toBe(false);
});

const settleAll = (sent: Sent) => ({ data: sent.map((one) => settled(one.delivery_id)) });
/** As one that answers every request in the same way. */
const always = (answer: (sent: Sent) => { data: Settled[] }) => Array.from({ length: 300 }, () => answer);

test("a batch that is too large goes in smaller ones, and nothing of it is given up", async () => {
  const { reporter, sent, done, refused } = setUp(
    always((all) => (all.length > 10 ? fail(413)() : settleAll(all))),
  );
  for (const id of sixtyFour) reporter.report(id, "lease", outcome);
  await reporter.flush(1_000);
  await until(() => done.length === 64);
  expect(done.sort()).toEqual([...sixtyFour].sort());
  expect(refused).toEqual([]);
  expect(sent.length).toBeLessThan(30);
});

test.each([400, 422])("an outcome that is refused with %i takes no other one with it", async (status) => {
  const isBad = ({ delivery_id }: Sent[number]) => delivery_id === "dlv_30";
  const { reporter, done, refused } = setUp(
    always((all) => (all.some(isBad) ? fail(status)() : settleAll(all))),
  );
  for (const id of sixtyFour) reporter.report(id, "lease", outcome);
  await reporter.flush(1_000);
  await until(() => done.length === 63);
  expect(done.sort()).toEqual(sixtyFour.filter((id) => id !== "dlv_30").sort());
  expect(refused).toEqual([`status ${status}`]);
});

test("after a refusal batches grow again", async () => {
  const { reporter, sent, done } = setUp([settleAll, fail(413)]);
  for (const id of sixtyFour) reporter.report(id, "lease", outcome);
  await until(() => done.length === 64);
  for (const id of sixtyFour) reporter.report(id, "again", outcome);
  await until(() => done.length === 128);
  expect(sent.map((batch) => batch.length)).toEqual([1, 63, 32, 31, 1, 63]);
});

test("a flush ends when nobody wants to wait any more", async () => {
  const reporter = createOutcomeReporter({
    send: () => new Promise(() => {}),
    sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
    onSettled() {},
    onRefused() {},
  });
  reporter.report("dlv_1", "lease", outcome);
  const interrupt = new AbortController();
  const flushed = reporter.flush(60_000, interrupt.signal);
  interrupt.abort();
  await flushed;
});

test("what is refused for good is given up, and said", async () => {
  const { reporter, sent, refused } = setUp([fail(422)]);
  reporter.report("dlv_1", "lease", outcome);
  for (let i = 0; i < 20 && refused.length === 0; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(refused).toEqual(["status 422"]);
  expect(sent).toHaveLength(1);
});

test("what an API that is away never took is given up at the end", async () => {
  const { reporter, sent } = setUp(Array.from({ length: 1_000 }, () => fail(503)));
  reporter.report("dlv_1", "lease", outcome);
  await reporter.flush(1);
  reporter.stop();
  await new Promise((resolve) => setImmediate(resolve));
  const before = sent.length;
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(sent.length - before).toBeLessThanOrEqual(1);
});
