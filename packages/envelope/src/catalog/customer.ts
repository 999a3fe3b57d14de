import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const customerPayload = z.looseObject({ customer_id: foreignId });

const customerEventType = <Type extends `customer.${string}`>(type: Type, description: string) =>
  defineEventType({
    type,
    domain: "Customer",
    description,
    schema: customerPayload,
    example: { customer_id: "cus_xyz" },
  });

/** Seed 2, "Event Types", and seed 4 (`customer.updated`). */
export const customerEventTypes = [
  customerEventType("customer.created", "new registration"),
  customerEventType("customer.updated", "a customer's details changed"),
  customerEventType("customer.address_changed", "typically triggers region check"),
] as const;
