import { type ConsumerLogger, lockObject, type Publisher, type Vault, type Waker } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type Clock, liveKitTopic, newId } from "@carewire/envelope";
import { createApplyRoomEvent } from "../handlers/apply-room-event.ts";
import { sourceService } from "../handlers/source-service.ts";
import { findSession } from "../rooms/session-store.ts";
import { eventsWait } from "./events-wait.ts";
import type { ListRooms } from "./list-rooms.ts";
import { roomMetadataOf } from "./room-metadata-of.ts";

export interface ReconcileDeps {
  sql: Sql;
  vault: Vault;
  publisher: Publisher;
  waker: Pick<Waker, "wake">;
  clock: Clock;
  logger: ConsumerLogger;
  /** Null: LiveKit cannot be asked, and only `timeoutMs` ends what was never told to have ended. */
  listRooms: ListRooms | null;
  /** Whose LiveKit `listRooms` asks; only time ends the rooms of others. Null: nobody knows whose. */
  organizationId: string | null;
  /** How long a room must have been quiet before it is asked about: longer than LiveKit tries to deliver an event. */
  quietMs: number;
  /** How long a room may be quiet before it counts as ended when LiveKit does not say. */
  timeoutMs: number;
  /** Rooms asked about at once; default 100. */
  pageMax?: number;
}

interface QuietRoom {
  organizationId: string;
  roomSid: string;
  roomName: string | null;
  stateAt: Date;
  eventId: string;
}

/** Pages in one look; what is beyond them is looked at the next time, after what is quiet for longer has ended. */
const pagesMax = 50;

/**
 * Ends the rooms whose `room_finished` never came: LiveKit promises no delivery, and forgets what it could not deliver.
 * Each ends as if the event had come, in one transaction with what is told of it; should it come after all, its earlier
 * time replaces ours and nothing is told twice. Resolves to how many ended; when `signal` aborts, after the page at hand.
 */
export async function reconcileRooms(deps: ReconcileDeps, signal?: AbortSignal): Promise<number> {
  const { sql, clock, logger, waker } = deps;
  const nowMs = clock.now();
  if (await eventsWait(sql, nowMs)) {
    logger.warn({}, "events of LiveKit wait to be handled: no room is taken for quiet");
    return 0;
  }
  let after: Pick<QuietRoom, "stateAt" | "roomSid"> = { stateAt: new Date(0), roomSid: "" };
  let ended = 0;
  for (let page = 0; page < pagesMax && !signal?.aborted; page++) {
    const rooms = await readQuiet(deps, nowMs, after);
    const last = rooms.at(-1);
    if (last === undefined) break;
    after = last;
    const { isUnanswered, open } = await askOpen(deps, rooms);
    for (const { room, at } of findEnded(deps, rooms, open, nowMs)) {
      ended += (await end(deps, room, at)) ? 1 : 0;
    }
    if (isUnanswered) break;
  }
  if (ended > 0) waker.wake();
  return ended;
}

const readQuiet = (
  { sql, quietMs, pageMax = 100 }: ReconcileDeps,
  nowMs: number,
  after: Pick<QuietRoom, "stateAt" | "roomSid">,
): Promise<QuietRoom[]> => sql<QuietRoom[]>`
  select organization_id "organizationId", room_sid "roomSid", room_name "roomName", state_at "stateAt",
    event_id "eventId"
  from telemedicine_sessions
  where status = 'active' and state_at <= ${new Date(nowMs - quietMs)}
    and (state_at, room_sid) > (${after.stateAt}, ${after.roomSid})
  order by state_at, room_sid limit ${pageMax}`;

/** The sids of the rooms that LiveKit has open, of those that are its own; null when it was not asked or did not say. */
async function askOpen(
  deps: ReconcileDeps,
  rooms: readonly QuietRoom[],
): Promise<{ open: ReadonlySet<string> | null; isUnanswered: boolean }> {
  const { listRooms, logger } = deps;
  const names = new Set(rooms.flatMap((room) => (isAsked(deps, room) ? [room.roomName] : [])));
  if (listRooms === null || names.size === 0) return { open: null, isUnanswered: false };
  const open = await listRooms([...names]);
  if (open === null) logger.warn({ count: names.size }, "LiveKit did not say which rooms are open");
  return { open, isUnanswered: open === null };
}

const isAsked = (
  { organizationId }: ReconcileDeps,
  room: QuietRoom,
): room is QuietRoom & { roomName: string } =>
  room.roomName !== null && room.organizationId === organizationId;

/** The rooms that ended, and when: now when LiveKit says so, else with the last that was heard of them. */
function findEnded(
  deps: ReconcileDeps,
  rooms: readonly QuietRoom[],
  open: ReadonlySet<string> | null,
  nowMs: number,
): { room: QuietRoom; at: Date }[] {
  return rooms.flatMap((room) => {
    if (open !== null && isAsked(deps, room)) {
      return open.has(room.roomSid) ? [] : [{ room, at: new Date(nowMs) }];
    }
    return room.stateAt.getTime() <= nowMs - deps.timeoutMs ? [{ room, at: room.stateAt }] : [];
  });
}

async function end(deps: ReconcileDeps, room: QuietRoom, at: Date): Promise<boolean> {
  const { sql, vault, publisher, clock, logger } = deps;
  const { organizationId, roomSid, roomName, stateAt } = room;
  try {
    // Before the transaction: a key that is not at hand needs a connection of its own.
    const metadata = await roomMetadataOf(deps, organizationId, room);
    await vault.dataKey(organizationId);
    const event = { event: "room_finished", id: `reconciled-${roomSid}` };
    const described = { sid: roomSid, creationTime: null, ...(roomName === null ? {} : { name: roomName }) };
    const payload = { ...event, room: { ...described, ...(metadata === undefined ? {} : { metadata }) } };
    return await sql.begin(async (tx) => {
      await lockObject(tx, organizationId, roomSid);
      const current = await findSession(tx, organizationId, roomSid);
      // Something was heard of it meanwhile: it is not quiet.
      if (current?.status !== "active" || current.stateAt.getTime() !== stateAt.getTime()) return false;
      const id = newId(clock.now());
      const topic = liveKitTopic("room_finished");
      const envelope = { id, topic, timestamp: at.toISOString(), source_service: sourceService, payload };
      await createApplyRoomEvent({ clock })(tx, envelope, {
        organizationId,
        eventId: id,
        deliveryId: id,
        attempt: 1,
        payloadBytes: Buffer.from(JSON.stringify(payload)),
        signal: new AbortController().signal,
        publish: (drafts) => publisher.publish(tx, drafts),
      });
      return true;
    });
  } catch (err) {
    logger.error({ organization_id: organizationId, err }, "a room that ended could not be recorded");
    return false;
  }
}
