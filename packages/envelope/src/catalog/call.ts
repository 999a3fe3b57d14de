import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const callPayload = z.looseObject({ call_id: foreignId, customer_id: foreignId });

/** Seed 4. */
export const callEventTypes = [
  defineEventType({
    type: "call.completed",
    domain: "Calls",
    description: "a call finished",
    schema: callPayload,
    example: { call_id: "call_1001", customer_id: "cus_xyz" },
  }),
] as const;
