import { expectTypeOf, test } from "vitest";
import type { AppointmentDetails } from "../details/details-types.ts";
import { createWebhookHandler } from "../handler/create-webhook-handler.ts";
import { secret } from "../handler/testing/signed-request.ts";
import type { AppointmentCreatedData, OrderPaidData } from "./event-payloads.generated.ts";
import type { KnownWebhookEvent } from "./webhook-event.ts";

// What is checked here is checked by the compiler (`tsc -p .`): a line after @ts-expect-error must not compile.

const handler = createWebhookHandler({ secrets: secret });

test("a listener of one type knows its payload and its details", () => {
  handler.on("appointment.created", async (event) => {
    expectTypeOf(event.type).toEqualTypeOf<"appointment.created">();
    expectTypeOf(event.data).toEqualTypeOf<AppointmentCreatedData>();
    expectTypeOf(await event.fetchDetails()).toEqualTypeOf<AppointmentDetails | null>();
    // @ts-expect-error a field that the payload does not have
    event.data.appointmentId;
    // @ts-expect-error events are not changed
    event.id = "other";
  });
  handler.on("order.paid", async (event) => {
    // Only appointments and prescriptions have details.
    expectTypeOf(await event.fetchDetails()).toEqualTypeOf<null>();
  });
});

test("a pattern's listener gets all events under that name, told apart by type", () => {
  handler.on("order.*", (event) => {
    type OrderTypes = "order.placed" | "order.paid" | "order.shipped" | "order.delivered" | "order.cancelled";
    expectTypeOf(event.type).toEqualTypeOf<OrderTypes>();
    if (event.type === "order.paid") expectTypeOf(event.data).toEqualTypeOf<OrderPaidData>();
  });
  handler.on("message.attempt.*", (event) => {
    expectTypeOf(event.type).toEqualTypeOf<"message.attempt.exhausted">();
  });
  handler.on("*", (event) => {
    expectTypeOf(event).toEqualTypeOf<KnownWebhookEvent>();
    if (event.type === "appointment.created") expectTypeOf(event.data.patient_id).toBeString();
  });
});

test("names that no event has do not compile", () => {
  const strict = () => {
    // @ts-expect-error misspelt
    handler.on("appointment.craeted", () => {});
    // @ts-expect-error no type begins like this
    handler.on("appointments.*", () => {});
    // @ts-expect-error a pattern ends in .*
    handler.on("order.p*", () => {});
  };
  expectTypeOf(strict).toBeFunction();
});

test("what no listener matches is unknown until it is looked at", () => {
  const other = createWebhookHandler({ secrets: secret });
  other.onUnknown((event) => {
    expectTypeOf(event.type).toBeString();
    expectTypeOf(event.data).toBeUnknown();
    // @ts-expect-error nothing is known of its payload
    event.data.patient_id;
  });
});

test("types of one's own stand beside the catalog's", () => {
  type Own = { "medical-encounters.created": { id: string; patient: { id: string } } };
  const own = createWebhookHandler<Own>({ secrets: secret });
  own.on("medical-encounters.created", (event) => expectTypeOf(event.data.patient.id).toBeString());
  own.on("medical-encounters.*", (event) => expectTypeOf(event.type).toEqualTypeOf<keyof Own>());
  own.on("order.paid", (event) => expectTypeOf(event.data).toEqualTypeOf<OrderPaidData>());
  // @ts-expect-error not declared
  own.on("medical-encounters.closed", () => {});
});

test("a thin subscription's payloads are ids and what was done", () => {
  const thin = createWebhookHandler({ secrets: secret, payloadFormat: "thin" });
  thin.on("order.paid", (event) => {
    expectTypeOf(event.data.order_id).toBeString();
    expectTypeOf(event.data.action).toBeString();
    // @ts-expect-error an amount is not sent thin
    event.data.amount;
  });
});

test("who may send must be said", () => {
  const incomplete = () => {
    // @ts-expect-error neither secrets nor allowUnsigned
    createWebhookHandler({});
    // @ts-expect-error unsigned requests are accepted only when that is typed out
    createWebhookHandler({ allowUnsigned: false });
    // @ts-expect-error ack-first needs a queue
    createWebhookHandler({ secrets: secret, mode: "ack-first" });
    // @ts-expect-error a queue is for ack-first
    createWebhookHandler({ secrets: secret, enqueue: () => {} });
  };
  expectTypeOf(incomplete).toBeFunction();
});
