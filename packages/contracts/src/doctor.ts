import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { needs, routerOptions } from "./route-options.ts";

const c = initContract();

export const doctorStatuses = ["ok", "warning", "failed", "skipped"] as const;

export const doctorReportSchema = z
  .object({
    ok: z.boolean().meta({ description: "No check failed." }),
    checks: z.array(
      z.object({
        name: z.string(),
        status: z.enum(doctorStatuses),
        detail: z.string().meta({ description: "What was found, in words and numbers." }),
      }),
    ),
  })
  .meta({ id: "DoctorReport" });

export type DoctorCheck = z.infer<typeof doctorReportSchema>["checks"][number];

export const doctorContract = c.router(
  {
    get: {
      method: "GET",
      path: "/v1/doctor",
      summary: "Check the platform",
      description:
        "Of every organization: that each delivery is in one state and queued if it is open, that audit chains are " +
        "unbroken, that partitions are there, that dispatchers live and work is not late. Reads only.",
      metadata: needs("platform:admin"),
      responses: { 200: doctorReportSchema },
    },
  },
  routerOptions,
);
