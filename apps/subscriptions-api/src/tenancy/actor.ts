import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";

/**
 * How a caller is named as the one who did something: the public id of its session, whose own entry says whose it is, or
 * of its API key, which outlives a renaming.
 */
export const actorOf = ({ apiKeyId, session }: Principal): string =>
  session === undefined ? publicId("key", apiKeyId) : publicId("ses", session.id);
