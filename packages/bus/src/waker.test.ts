import type { Sql } from "@carewire/db";
import { connect, migrations } from "@carewire/db";
import { createTestDatabase, eventually } from "@carewire/testkit";
import { expect, test } from "vitest";
import { createWaker, wakeChannel } from "./waker.ts";

/** A connection whose NOTIFY ends when the test says so. */
function slowNotify() {
  const sent: string[] = [];
  const pending: (() => void)[] = [];
  const notify = {
    notify: (_channel: string, payload: string) => {
      sent.push(payload);
      return new Promise<void>((resolve) => pending.push(resolve));
    },
  } as unknown as Sql;
  return { notify, sent, finishOne: () => pending.shift()?.() };
}

test("at most one notification is under way, and whatever was asked meanwhile is one more of its kind", async () => {
  const { notify, sent, finishOne } = slowNotify();
  const waker = createWaker({ notify });
  for (let n = 0; n < 100; n++) {
    waker.wake();
    waker.notifyConsumers();
  }
  expect(sent).toEqual(["route"]);
  await eventually(() => {
    finishOne();
    return sent.length === 3;
  });
  expect(sent).toEqual(["route", "consumers", "route"]);
  finishOne();
  await eventually(() => {
    waker.wake();
    return sent.length === 4;
  });
});

test("a database that is away is nobody's problem, and wake-ups work again when it is back", async () => {
  const database = await createTestDatabase(migrations);
  const heard: string[] = [];
  await database.sql.listen(wakeChannel, (payload) => heard.push(payload));
  const notify = connect({ url: database.url, max: 1, applicationName: "waker" });
  const waker = createWaker({ notify });
  const [row] = await notify<{ pid: number }[]>`select pg_backend_pid() pid`;
  await database.sql`select pg_terminate_backend(${row!.pid})`;
  waker.wake();
  await eventually(() => {
    waker.notifyConsumers();
    return heard.includes("consumers");
  });
  await waker.close();
  await database.drop();
});
