import { z } from "zod";
import { defineEventType } from "./define.ts";
import { currency, foreignId } from "./fields.ts";

const orderPayload = z.looseObject({
  order_id: foreignId,
  customer_id: foreignId,
  amount: z.number().optional(),
  currency: currency.optional(),
});

const example = { order_id: "order_1001", customer_id: "cus_xyz", amount: 4200, currency: "usd" };

const orderEventType = <Type extends `order.${string}`>(type: Type, description: string) =>
  defineEventType({ type, domain: "Orders", description, schema: orderPayload, example });

/** Seed 2, "Event Types". */
export const orderEventTypes = [
  orderEventType("order.placed", "new order created"),
  orderEventType("order.paid", "payment captured"),
  orderEventType("order.shipped", "fulfillment created"),
  orderEventType("order.delivered", "shipment arrived"),
  orderEventType("order.cancelled", "order voided"),
] as const;
