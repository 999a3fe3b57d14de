import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";

/** How an API key is named as the one who did something. */
export const actorOf = (principal: Principal): string => publicId("key", principal.apiKeyId);
