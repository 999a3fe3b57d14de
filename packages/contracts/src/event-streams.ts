import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withId } from "./route-options.ts";
import { streamDeliverySchema, streamQuerySchema } from "./streams.ts";
import { tailMessageSchema, tailQuerySchema } from "./streams-tail.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

const message = <const Name extends string, Data extends z.ZodType>(name: Name, data: Data) =>
  z.object({ event: z.literal(name), data });

const mediaType = "text/event-stream";
const howToRead =
  "`event` is the name in `event:`, `data` what `data:` holds as JSON. A line that begins with `:` says every ten seconds that the connection lives.";

const streamMessageSchema = z
  .discriminatedUnion("event", [
    message("ready", z.object({ subscription_id: publicIdSchema("sub"), connection_id: z.string() })),
    message("delivery", streamDeliverySchema),
    message("end", z.object({ reason: z.enum(["closing", "lost", "replaced", "gone", "unauthorized"]) })),
  ])
  .meta({ id: "StreamMessage", description: `One message of a stream. ${howToRead}` });

const followedMessageSchema = z
  .union([
    message("ready", z.object({ now: timestampOutput })),
    tailMessageSchema,
    message("skipped", z.object({ messages: z.int().nullable() })),
    message("end", z.object({ reason: z.literal("unauthorized") })),
  ])
  .meta({ id: "TailMessage", description: `One message of a tail. ${howToRead}` });

/** Routes whose answer goes on and on. They are served without ts-rest, and are here to be described. */
export const eventStreamsContract = c.router(
  {
    receive: {
      method: "GET",
      path: "/v1/subscriptions/:id/stream",
      summary: "Receive a stream subscription's deliveries over this connection",
      description: "Report what comes of each with POST /v1/subscriptions/{id}/stream/outcomes.",
      metadata: needs("streams:connect"),
      pathParams: idPathParams,
      query: streamQuerySchema,
      responses: {
        200: c.otherResponse({ contentType: mediaType, body: streamMessageSchema }),
        409: problemSchema,
        ...withId,
      },
    },
    tail: {
      method: "GET",
      path: "/v1/tail",
      summary: "Follow events, deliveries and attempts as they happen, without their payloads",
      metadata: needs("deliveries:read"),
      query: tailQuerySchema,
      responses: { 200: c.otherResponse({ contentType: mediaType, body: followedMessageSchema }) },
    },
  },
  routerOptions,
);
