import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText } from "./text.ts";

const c = initContract();

/** The body of `DELETE /v1/events/:id/payload`. */
export const erasePayloadSchema = z
  .strictObject({
    reason: requiredText(512).meta({ description: "Kept on the audit chain; no patient data." }),
  })
  .meta({ id: "ErasePayload" });

export const erasedPayloadSchema = z
  .object({ id: z.string(), payload_erased: z.literal(true) })
  .meta({ id: "ErasedPayload" });

export const payloadsContract = c.router(
  {
    erase: {
      method: "DELETE",
      path: "/v1/events/:id/payload",
      summary: "Erase one event's payload for good",
      description:
        "The event, its deliveries and attempts stay, without the payload and without what endpoints answered. " +
        "Deliveries that wait end as failed. Erasing it again changes nothing.",
      metadata: needs("payloads:delete"),
      pathParams: idPathParams,
      body: erasePayloadSchema,
      responses: { 200: erasedPayloadSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
