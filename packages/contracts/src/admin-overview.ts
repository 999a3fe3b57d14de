import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { depthSchema } from "./dlq.ts";
import { publicIdSchema } from "./public-id.ts";
import { needs, routerOptions } from "./route-options.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** Hours of the overview's charts at most. */
export const overviewHoursMax = 24;
/** Broken endpoints that the overview names. */
export const overviewBreakersMax = 20;
/** Sources that the overview names. */
export const overviewSourcesMax = 100;

/** How an ingress is doing: `failing`: at least half of what came lately could not be read. */
export const sourceHealths = ["receiving", "quiet", "failing", "never"] as const;

export const overviewQuerySchema = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(overviewHoursMax)
    .default(6)
    .meta({ description: "How far back the charts go." }),
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
});

const count = z.int().min(0);

const sourceHealthSchema = z.object({
  id: publicIdSchema("src"),
  organization_id: publicIdSchema("org"),
  provider: z.string(),
  name: z.string(),
  health: z.enum(sourceHealths),
  last_received_at: timestampOutput.nullable(),
  lately: z
    .object({ accepted: count, duplicate: count, conflict: count, malformed: count })
    .meta({ description: "Verdicts on the newest 200 requests of the last hour." }),
});

const brokenEndpointSchema = z.object({
  subscription_id: publicIdSchema("sub"),
  organization_id: publicIdSchema("org"),
  name: z.string(),
  state: z.enum(["open", "half_open"]),
  until: timestampOutput.nullable().meta({ description: "When it is tried again." }),
  failing_since: timestampOutput.nullable(),
});

const minuteSchema = z.object({
  minute: timestampOutput,
  requests: count.meta({ description: "Inbound requests that were verified, whatever became of them." }),
  events: count,
  delivered: count,
  retried: count.meta({ description: "Attempts that failed and will be repeated." }),
  failed: count.meta({ description: "Attempts after which a delivery was given up." }),
  dead_letters: count,
  estimated: z
    .boolean()
    .meta({ description: "There was more than is counted; the numbers are drawn from the first part." }),
});

export const overviewSchema = z
  .object({
    at: timestampOutput,
    dead_letters: depthSchema.extend({
      alerting_organizations: count,
    }),
    rates: z
      .object({ minute: timestampOutput, in_per_second: z.number(), out_per_second: z.number() })
      .nullable()
      .meta({
        description: "Events accepted and deliveries that arrived, in the last minute that is counted.",
      }),
    queue: z.object({
      due: count.meta({ description: "Deliveries due now that nothing holds back." }),
      oldest_due_at: timestampOutput.nullable(),
      held_back: count.meta({
        description: "Due, but their endpoint is broken or limited, or their consumer paused.",
      }),
      to_route: count.meta({ description: "Events that nobody has looked at yet." }),
      complete: z.boolean().meta({ description: "False: counting stopped, there are more." }),
    }),
    breakers: z.object({ open: count, endpoints: z.array(brokenEndpointSchema) }),
    sources: z.array(sourceHealthSchema),
    dispatchers: z.object({ alive: count, last_heartbeat_at: timestampOutput.nullable() }),
    series: z
      .array(minuteSchema)
      .meta({ description: "Oldest first; a minute that nobody counted is not there." }),
  })
  .meta({ id: "AdminOverview" });

export type AdminOverview = z.infer<typeof overviewSchema>;

export const adminOverviewContract = c.router(
  {
    get: {
      method: "GET",
      path: "/admin/overview",
      summary: "How everything is doing, on one page",
      description: "Cheap enough to be asked for every few seconds: answers are shared for five seconds.",
      metadata: needs("dlq:read"),
      query: overviewQuerySchema,
      responses: { 200: overviewSchema },
    },
  },
  routerOptions,
);
