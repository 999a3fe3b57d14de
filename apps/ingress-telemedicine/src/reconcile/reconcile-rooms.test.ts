import { randomBytes } from "node:crypto";
import { consumerShard, createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createEgressGuard, createHttpClient, type HttpClient } from "@carewire/service-kit";
import {
  createFakeClock,
  createTestDatabase,
  eventually,
  type Receiver,
  startReceiver,
  type TestDatabase,
} from "@carewire/testkit";
import { parseLiveKitSecret } from "@carewire/verifiers";
import { TokenVerifier } from "livekit-server-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyEvent, openVault } from "../testing/apply-event.ts";
import { createListRooms } from "./list-rooms.ts";
import { type ReconcileDeps, reconcileRooms } from "./reconcile-rooms.ts";
import { startReconciling } from "./start-reconciling.ts";

const [apiKey, apiSecret] = ["APItest", "test-secret-0123456789abcdef0123"];
const startSeconds = 1_767_225_600;
const clock = createFakeClock(startSeconds * 1_000);
let database: TestDatabase;
let sql: Sql;
let livekit: Receiver;
let http: HttpClient;
/** For an answer that never comes. */
let hastyHttp: HttpClient;
let deps: ReconcileDeps;
let hastyDeps: ReconcileDeps;
let organizationId: string;
let sequence = 0;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "reconcile-test" });
  livekit = await startReceiver();
  const guard = createEgressGuard({ policy: { environment: "local" } });
  http = createHttpClient({ guard, timeoutMs: 60_000 });
  hastyHttp = createHttpClient({ guard, timeoutMs: 500 });
  const parsed = parseLiveKitSecret(`${apiKey}:${apiSecret}`);
  if (!parsed.ok) throw new Error(parsed.detail);
  const listRoomsBy = (client: HttpClient) =>
    createListRooms({ http: client, clock, url: livekit.url, key: parsed.key });
  const publisher = createPublisher({ vault: openVault });
  const logger = { info() {}, warn() {}, error() {} };
  const shared = { sql, vault: openVault, publisher, waker: { wake() {} }, clock, logger };
  const times = { quietMs: 120_000, timeoutMs: 24 * 3_600_000 };
  deps = { ...shared, ...times, organizationId: null, listRooms: listRoomsBy(http) };
  hastyDeps = { ...deps, listRooms: listRoomsBy(hastyHttp) };
});
beforeEach(async () => {
  clock.set(startSeconds * 1_000);
  organizationId = newId(Date.now());
  await database.sql`delete from telemedicine_sessions`;
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  deps.organizationId = hastyDeps.organizationId = organizationId;
});
afterAll(async () => {
  await Promise.all([http.close(), hastyHttp.close(), livekit.close(), sql.end({ timeout: 1 })]);
  await database.drop();
});

/** Tells of a room in which one person is; returns its sid. */
async function openRoom(name = `appt_${++sequence}`): Promise<string> {
  const sid = `RM_${++sequence}`;
  const event = { createdAt: String(startSeconds), room: { sid, name } };
  await applyEvent(sql, organizationId, { ...event, event: "room_started", id: `EV_${++sequence}` });
  const joined = { ...event, event: "participant_joined", id: `EV_${++sequence}` };
  await applyEvent(sql, organizationId, {
    ...joined,
    participant: { sid: `PA_${sid}`, identity: "dr_abc" },
  } as typeof joined);
  return sid;
}

const nowOpen = (...sids: string[]) =>
  livekit.answer({ status: 200, body: JSON.stringify({ rooms: sids.map((sid) => ({ sid })) }) });

async function told() {
  const rows = await sql<{ type: string; subject: string; body: Buffer }[]>`
    select e.type, e.subject, p.body from events e join event_payloads p on p.id = e.id
    where e.organization_id = ${organizationId} and e.type = 'call.completed' order by e.id`;
  return rows.map(({ subject, body }) => ({ subject, data: JSON.parse(body.toString()) }));
}

const statusOf = async (sid: string): Promise<unknown> =>
  (await sql`select status from telemedicine_sessions where room_sid = ${sid}`)[0]?.status;

test("a room that LiveKit does not have any more ends, with everybody in it, and is told once; others go on", async () => {
  const [gone, open] = [await openRoom(), await openRoom()];
  nowOpen(open);
  clock.advance(120_000);
  expect(await reconcileRooms(deps)).toBe(1);
  expect(await reconcileRooms(deps)).toBe(0);
  expect([await statusOf(gone), await statusOf(open)]).toEqual(["finished", "active"]);
  expect(await told()).toMatchObject([
    { subject: gone, data: { call_id: gone, duration_seconds: 120, participant_count: 1 } },
  ]);
  const people = await sql`select status, ended_by from telemedicine_participants where room_sid = ${gone}`;
  expect([...people]).toEqual([{ status: "left", ended_by: "room" }]);
});

test.each([
  ["another organization's", newId(Date.now())],
  ["nobody knows whose", null],
])("of a LiveKit that is %s nothing is asked: only time ends the room", async (_name, asksFor) => {
  const sid = await openRoom();
  nowOpen();
  const other = { ...deps, organizationId: asksFor };
  const before = livekit.total();
  clock.advance(24 * 3_600_000 - 1);
  expect(await reconcileRooms(other)).toBe(0);
  expect(await statusOf(sid)).toBe("active");
  clock.advance(1);
  expect(await reconcileRooms(other)).toBe(1);
  expect(livekit.total()).toBe(before);
});

describe("no room ends while our own queues are behind:", () => {
  const longAgo = () => newId(clock.now() - 31_000);
  let sid: string;

  beforeEach(async () => {
    sid = await openRoom();
    nowOpen();
    clock.advance(120_000);
  });

  test("an event of LiveKit waits to be routed", async () => {
    const id = longAgo();
    await database.sql`insert into route_queue (event_id, organization_id, type)
      values (${id}, ${organizationId}, 'cari.telemedicine.livekit_participant_joined')`;
    expect([await reconcileRooms(deps), await statusOf(sid)]).toEqual([0, "active"]);
    await database.sql`delete from route_queue where event_id = ${id}`;
    expect(await reconcileRooms(deps)).toBe(1);
  });

  test("an event waits for one of our consumers; one that is tried again, or new, does not count", async () => {
    const [id, consumerId] = [longAgo(), newId(Date.now())];
    await database.sql`insert into consumers (id, name)
      values (${consumerId}, 'ingress-telemedicine.apply-room-event')`;
    await database.sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, due_at)
      values (${id}, ${organizationId}, ${id}, ${consumerId}, ${consumerShard}, ${new Date(clock.now() - 31_000)})`;
    expect([await reconcileRooms(deps), await statusOf(sid)]).toEqual([0, "active"]);
    await database.sql`update delivery_queue set lane = 1`;
    expect(await reconcileRooms(deps)).toBe(1);
    await openRoom();
    await database.sql`update delivery_queue set lane = 0, due_at = ${new Date(clock.now() - 29_000)}`;
    expect(await reconcileRooms(deps)).toBe(1);
    await database.sql`delete from delivery_queue`;
  });

  test("what waits for somebody else does not count", async () => {
    await database.sql`insert into route_queue (event_id, organization_id, type)
      values (${longAgo()}, ${organizationId}, 'cari.payments.payment_succeeded')`;
    expect(await reconcileRooms(deps)).toBe(1);
  });
});

test("LiveKit is asked with a token that may list rooms, by the names of quiet rooms", async () => {
  await openRoom("appt_asked");
  nowOpen();
  clock.set(Date.now());
  const before = livekit.total();
  await reconcileRooms(deps);
  const request = livekit.requests()[before];
  expect(request?.path).toBe("/twirp/livekit.RoomService/ListRooms");
  expect(JSON.parse(request?.body.toString() ?? "")).toEqual({ names: ["appt_asked"] });
  const token = request?.headers.authorization?.replace("Bearer ", "") ?? "";
  expect(await new TokenVerifier(apiKey, apiSecret).verify(token)).toMatchObject({
    video: { roomList: true },
  });
});

describe("the call's customer is the one", () => {
  const metadata = JSON.stringify({ customer_id: "cus_xyz" });
  let source: string;

  beforeEach(async () => {
    source = newId(Date.now());
    await sql`insert into sources (id, organization_id, provider, name) values (${source}, ${organizationId}, 'livekit', 'x')`;
  });

  /** Stores what LiveKit sent under this id, as its ingress does; returns our event's id. */
  async function store(liveKitId: string, room: object): Promise<string> {
    const id = newId(Date.now());
    const body = Buffer.from(JSON.stringify({ event: "any", room }));
    const draft = { id, organizationId, type: "cari.telemedicine.test", sourceService: "test" };
    await deps.publisher.publish(sql, [{ ...draft, occurredAt: new Date(), body }]);
    await sql`insert into idempotency (scope, key, event_id, body_hash, expires_at)
      values (${source}, ${liveKitId}, ${id}, '', now() + interval '1 day')`;
    return id;
  }

  const newestOf = async (sid: string): Promise<string> =>
    (await sql`select event_id from telemedicine_sessions where room_sid = ${sid}`)[0]?.event_id;

  async function reconciled(): Promise<unknown> {
    nowOpen();
    clock.advance(121_000);
    expect(await reconcileRooms(deps)).toBe(1);
    return (await told())[0]?.data.customer_id;
  }

  test("that the room's last event named", async () => {
    const sid = await openRoom();
    await store(await newestOf(sid), { sid, metadata });
    expect(await reconciled()).toBe("cus_xyz");
  });

  test("that a participant's event named when the last one was about media, which says nothing of it", async () => {
    const sid = await openRoom();
    const joined = await newestOf(sid);
    await store(joined, { sid, metadata });
    const published = `EV_${++sequence}`;
    await applyEvent(sql, organizationId, {
      ...{ event: "track_published", id: published, createdAt: String(startSeconds + 1) },
      ...{ room: { sid }, participant: { sid: `PA_${sid}` }, track: { sid: `TR_${sid}` } },
    } as Parameters<typeof applyEvent>[2]);
    expect(await newestOf(sid)).toBe(published);
    await store(published, { sid });
    expect(await reconciled()).toBe("cus_xyz");
  });

  test("nobody knows any more once what named it was erased; the room ends all the same", async () => {
    const sid = await openRoom("appt_erased");
    const id = await store(await newestOf(sid), { sid, metadata });
    await database.sql`update event_payloads set body = null where id = ${id}`;
    expect(await reconciled()).toBe("appt_erased");
  });

  test("an older event named when the newest does not open any more", async () => {
    const sid = await openRoom();
    const joined = await newestOf(sid);
    const unreadable = `EV_${++sequence}`;
    await applyEvent(sql, organizationId, {
      ...{ event: "room_started", id: unreadable, createdAt: String(startSeconds + 1) },
      ...{ room: { sid } },
    } as Parameters<typeof applyEvent>[2]);
    await store(joined, { sid, metadata });
    const id = await store(unreadable, { sid, metadata });
    await database.sql`update event_payloads set body = ${randomBytes(40)} where id = ${id}`;
    expect(await reconciled()).toBe("cus_xyz");
  });
});

test("a room of the same name under another sid does not keep one open", async () => {
  const gone = await openRoom("appt_again");
  nowOpen("RM_another");
  clock.advance(120_000);
  expect(await reconcileRooms(deps)).toBe(1);
  expect(await statusOf(gone)).toBe("finished");
});

test("a room that was heard of within two minutes is not asked about", async () => {
  await openRoom();
  nowOpen();
  clock.advance(119_999);
  const before = livekit.total();
  expect(await reconcileRooms(deps)).toBe(0);
  expect(livekit.total()).toBe(before);
});

test.each([
  ["500", { status: 500, body: "{}" }],
  ["401", { status: 401, body: '{"code":"unauthenticated"}' }],
  ["no JSON", { status: 200, body: "<html>" }],
  ["a list of something else", { status: 200, body: '{"rooms":[{"name":"x"}]}' }],
  ["nothing, ever", { hang: true as const }],
])(
  "while LiveKit answers %s no room ends, until its time is up; then it ended when last heard of",
  async (_name, answer) => {
    const sid = await openRoom();
    livekit.answer(answer);
    const asking = "hang" in answer ? hastyDeps : deps;
    clock.advance(24 * 3_600_000 - 1);
    expect(await reconcileRooms(asking)).toBe(0);
    clock.advance(1);
    expect(await reconcileRooms(asking)).toBe(1);
    expect(await told()).toMatchObject([{ subject: sid, data: { duration_seconds: 0 } }]);
  },
);

test("without LiveKit's address only time ends rooms", async () => {
  const sid = await openRoom();
  const silent = { ...deps, listRooms: null };
  clock.advance(23 * 3_600_000);
  expect(await reconcileRooms(silent)).toBe(0);
  clock.advance(3_600_000);
  expect(await reconcileRooms(silent)).toBe(1);
  expect(await statusOf(sid)).toBe("finished");
});

test("should room_finished come after all, its time stands and nothing is told again", async () => {
  const sid = await openRoom("appt_late");
  nowOpen();
  clock.advance(600_000);
  await reconcileRooms(deps);
  await applyEvent(sql, organizationId, {
    event: "room_finished",
    id: "EV_late",
    createdAt: String(startSeconds + 60),
    ...{ room: { sid, name: "appt_late" } },
  });
  const [row] = await sql`select finished_at from telemedicine_sessions where room_sid = ${sid}`;
  expect(row?.finished_at).toEqual(new Date((startSeconds + 60) * 1_000));
  expect(await told()).toHaveLength(1);
});

test("more rooms than a page are all asked about, by several workers at once, and each is told once", async () => {
  for (let i = 0; i < 12; i++) await openRoom();
  nowOpen();
  clock.advance(120_000);
  const small = { ...deps, pageMax: 5 };
  const ended = await Promise.all([1, 2, 3].map(() => reconcileRooms(small)));
  expect(ended.reduce((sum, count) => sum + count, 0)).toBe(12);
  const subjects = (await told()).map(({ subject }) => subject);
  expect([subjects.length, new Set(subjects).size]).toEqual([12, 12]);
});

test("the job looks again and again, and stops when told", async () => {
  const sid = await openRoom();
  nowOpen();
  clock.advance(120_000);
  const job = startReconciling({ ...deps, intervalMs: 5 });
  await eventually(async () => (await statusOf(sid)) === "finished");
  await job.stop();
  expect(job.inFlight()).toBe(0);
});

/** `listRooms` that counts its calls and answers `open`. */
function countedListRooms(open: ReadonlySet<string> | null) {
  const counted = {
    calls: 0,
    async listRooms() {
      counted.calls++;
      return open;
    },
  };
  return counted;
}

test("once LiveKit did not answer, nothing further is asked in the same look", async () => {
  for (let i = 0; i < 3; i++) await openRoom();
  clock.advance(120_000);
  const silent = countedListRooms(null);
  await reconcileRooms({ ...deps, listRooms: silent.listRooms, pageMax: 1 });
  expect(silent.calls).toBe(1);
});

test("a job that is told to stop finishes its page and begins no other", async () => {
  for (let i = 0; i < 3; i++) await openRoom();
  clock.advance(120_000);
  const stopping = countedListRooms(new Set());
  let stopped: Promise<void> | undefined;
  const listRooms = (): ReturnType<typeof stopping.listRooms> => {
    stopped ??= job.stop();
    return stopping.listRooms();
  };
  const job = startReconciling({ ...deps, listRooms, pageMax: 1, intervalMs: 5 });
  await eventually(async () => stopped !== undefined);
  await stopped;
  expect(stopping.calls).toBe(1);
  expect(await told()).toHaveLength(1);
});
