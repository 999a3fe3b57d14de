import type { Clock } from "@carewire/envelope";
import type { HttpClient } from "@carewire/service-kit";
import { parseBody } from "@carewire/service-kit/ingress";
import { type LiveKitKey, signLiveKitRoomList } from "@carewire/verifiers";

/** The sids of the rooms of these names that are open now; null when LiveKit does not say. Never rejects. */
export type ListRooms = (names: readonly string[]) => Promise<ReadonlySet<string> | null>;

export interface ListRoomsDeps {
  http: HttpClient;
  clock: Clock;
  /** Where LiveKit's API is, e.g. https://clinic.livekit.cloud. */
  url: string;
  key: LiveKitKey;
}

/**
 * Asks LiveKit's RoomService which rooms are open. Only a whole answer counts: who takes a cut one for the truth would end
 * calls that go on.
 * @see https://docs.livekit.io/reference/server/server-apis/#listrooms
 */
export function createListRooms({ http, clock, url, key }: ListRoomsDeps): ListRooms {
  const listUrl = new URL("/twirp/livekit.RoomService/ListRooms", url);
  return async (names) => {
    const token = signLiveKitRoomList(key, Math.floor(clock.now() / 1_000));
    const outcome = await http.send({
      method: "POST",
      url: listUrl,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ names }),
    });
    if (outcome.kind !== "answer" || outcome.status !== 200) return null;
    const parsed = parseBody(outcome.body);
    return parsed.ok ? readSids(parsed.body) : null;
  };
}

/** Protobuf's JSON leaves out an empty list. */
function readSids({ rooms = [] }: Record<string, unknown>): ReadonlySet<string> | null {
  if (!Array.isArray(rooms)) return null;
  const sids = rooms.map((room: unknown) =>
    typeof room === "object" && room !== null && "sid" in room && typeof room.sid === "string"
      ? room.sid
      : null,
  );
  return sids.includes(null) ? null : new Set(sids as string[]);
}
