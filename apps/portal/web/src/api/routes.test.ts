import type { DeliveryStatus } from "@carewire/contracts";
import { expectTypeOf, test } from "vitest";
import type { Answer, CallInput, RouteName } from "./routes.ts";

// Decided by the type check; here they only stand where they are looked for.
test("calls are typed by the contract: routes, parameters, queries, bodies and answers", () => {
  expectTypeOf<Answer<"GET /v1/deliveries/:id">["status"]>().toEqualTypeOf<DeliveryStatus>();
  expectTypeOf<Answer<"DELETE /v1/subscriptions/:id">>().toEqualTypeOf<undefined>();
  expectTypeOf<"GET /v1/nothing">().not.toExtend<RouteName>();
  expectTypeOf<{ params: { id: string } }>().toExtend<CallInput<"GET /v1/deliveries/:id">>();
  expectTypeOf<object>().not.toExtend<CallInput<"GET /v1/deliveries/:id">>();
  expectTypeOf<{ query: { status: "failed" } }>().toExtend<CallInput<"GET /v1/deliveries">>();
  expectTypeOf<{ query: { status: "lost" } }>().not.toExtend<CallInput<"GET /v1/deliveries">>();
});
