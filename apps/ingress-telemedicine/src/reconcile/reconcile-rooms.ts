import { type ConsumerLogger, lockObject, type Publisher, type Vault, type Waker } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type Clock, liveKitTopic, newId } from "@carewire/envelope";
import { createApplyRoomEvent } from "../handlers/apply-room-event.ts";
import { sourceService } from "../handlers/source-service.ts";
import { findSession } from "../rooms/session-store.ts";
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
 * time replaces ours and nothing is told twice. Resolves to how many ended.
 */
export async function reconcileRooms(deps: ReconcileDeps): Promise<number> {
  const nowMs = deps.clock.now();
  let after: Pick<QuietRoom, "stateAt" | "roomSid"> = { stateAt: new Date(0), roomSid: "" };
  let ended = 0;
  for (let page = 0; page < pagesMax; page++) {
    const rooms = await readQuiet(deps, nowMs, after);
    const last = rooms.at(-1);
    if (last === undefined) break;
    after = last;
    for (const { room, at } of await findEnded(deps, rooms, nowMs)) {
      ended += (await end(deps, room, at)) ? 1 : 0;
    }
  }
  if (ended > 0) deps.waker.wake();
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

/** The rooms that ended, and when: now when LiveKit says so, else with the last that was heard of them. */
async function findEnded(
  { listRooms, timeoutMs, logger }: ReconcileDeps,
  rooms: readonly QuietRoom[],
  nowMs: number,
): Promise<{ room: QuietRoom; at: Date }[]> {
  const names = [...new Set(rooms.flatMap(({ roomName }) => (roomName === null ? [] : [roomName])))];
  const open = listRooms === null || names.length === 0 ? null : await listRooms(names);
  if (listRooms !== null && names.length > 0 && open === null) {
    logger.warn({ count: rooms.length }, "LiveKit did not say which rooms are open");
  }
  return rooms.flatMap((room) => {
    if (open !== null && room.roomName !== null) {
      return open.has(room.roomSid) ? [] : [{ room, at: new Date(nowMs) }];
    }
    return room.stateAt.getTime() <= nowMs - timeoutMs ? [{ room, at: room.stateAt }] : [];
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
