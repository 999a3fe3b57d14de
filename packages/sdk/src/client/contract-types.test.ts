import type { apiContract } from "@carewire/contracts";
import { expectTypeOf, test } from "vitest";
import type { CarewireApi } from "./api.generated.ts";
import type { CarewireClient } from "./create-client.ts";
import type { IdempotentOptions } from "./request-options.ts";

type Contract = typeof apiContract;
/** What zod's schemas say of their types. */
interface Schema {
  _zod: { input: unknown; output: unknown };
}
/** Nothing that callers give is changed, and an object of whatever may be of an interface type. */
type Readonlied<T> = T extends (infer Item)[]
  ? readonly Readonlied<Item>[]
  : [Record<string, unknown>, T] extends [T, Record<string, unknown>]
    ? object
    : T extends object
      ? { readonly [Key in keyof T]: Readonlied<T[Key]> }
      : T;
type Input<Body> = Body extends Schema ? Readonlied<Body["_zod"]["input"]> : never;
type Output<Answer> = Answer extends Schema ? Answer["_zod"]["output"] : never;
type GoodAnswer<Route> = Route extends { responses: infer Answers }
  ? Output<Answers[Extract<keyof Answers, 200 | 201 | 202>]>
  : never;

type Other<Argument> = Argument extends string | undefined
  ? never
  : Argument extends IdempotentOptions
    ? IdempotentOptions extends Argument
      ? never
      : Argument
    : Argument;
/** What a method may be given between the parts of its path and its options. */
type Given<Method> = Method extends (...args: infer Args) => unknown ? Other<Args[number]> : never;
type Answered<Method> = Method extends (...args: never[]) => Promise<infer Answer> ? Answer : never;

type Mismatch<Method, Route> =
  | ([Route] extends [{ body: Schema }]
      ? [Given<Method>] extends [Input<Route["body"]>]
        ? never
        : "body"
      : never)
  | ([GoodAnswer<Route>] extends [never]
      ? never
      : [GoodAnswer<Route>] extends [Answered<Method>]
        ? never
        : "answer");

/** `<group>.<method>.<what>` of everything whose types are not the contract's. */
type Mismatches = {
  [Group in keyof CarewireApi & keyof Contract]: {
    [Name in keyof CarewireApi[Group] & keyof Contract[Group]]: Mismatch<
      CarewireApi[Group][Name],
      Contract[Group][Name]
    > extends infer What extends string
      ? `${Group & string}.${Name & string}.${What}`
      : never;
  }[keyof CarewireApi[Group] & keyof Contract[Group]];
}[keyof CarewireApi & keyof Contract];

test("what the client takes the contract takes, and what the contract answers the client's types allow", () => {
  expectTypeOf<Mismatches>().toEqualTypeOf<never>();
});

test("the comparison finds what differs", () => {
  type Wrong = (body: { name: number }, options?: { signal?: AbortSignal }) => Promise<{ id: number }>;
  expectTypeOf<Mismatch<Wrong, Contract["subscriptions"]["create"]>>().toEqualTypeOf<"body" | "answer">();
});

test("every group and method of the client is one of the contract", () => {
  expectTypeOf<Exclude<keyof CarewireApi, keyof Contract>>().toEqualTypeOf<never>();
  expectTypeOf<
    Exclude<keyof CarewireApi["subscriptions"], keyof Contract["subscriptions"]>
  >().toEqualTypeOf<never>();
});

test("types are as narrow as the contract", () => {
  const check = async (api: CarewireApi) => {
    const subscription = await api.subscriptions.create({
      name: "a",
      url: "https://x.example",
      events: "order.*",
    });
    expectTypeOf(subscription.secret).toEqualTypeOf<string>();
    expectTypeOf(subscription.payload_format).toEqualTypeOf<"envelope" | "event" | "flat" | "thin">();
    for await (const delivery of api.deliveries.list({ status: "failed" })) {
      expectTypeOf(delivery.response_code).toEqualTypeOf<number | null>();
    }
    interface Order {
      order_id: string;
    }
    const order: Order = { order_id: "o" };
    await api.events.publish({ type: "order.paid", data: order }, { idempotencyKey: "k" });
    // @ts-expect-error: not a status
    api.deliveries.list({ status: "lost" });
    // @ts-expect-error: a name is required
    api.subscriptions.create({ url: "https://x.example" });
    // @ts-expect-error: a text is no data
    api.events.publish({ type: "order.paid", data: "text" });
    // @ts-expect-error: making one twice is making two, so it takes no key
    api.subscriptions.create({ name: "a", url: "https://x.example" }, { idempotencyKey: "k" });
  };
  expectTypeOf(check).toBeFunction();
});

test("what is published is typed by its type", () => {
  const check = async (client: CarewireClient, anyType: string) => {
    interface Order {
      order_id: string;
      customer_id: string;
    }
    const order: Order = { order_id: "o", customer_id: "c" };
    const published = await client.events.publish({ type: "order.paid", data: order, subject: "o" });
    expectTypeOf(published.id).toEqualTypeOf<string>();
    client.events.publish({ type: "order.paid", data: { ...order, amount: 1, more: true } });
    client.events.publish({ type: "lab.sample-taken", data: { anything: 1 } });
    client.events.publish({ type: anyType, data: order });
    // @ts-expect-error: an order has an id
    client.events.publish({ type: "order.paid", data: { customer_id: "c" } });
    // @ts-expect-error: an amount is a number
    client.events.publish({ type: "order.paid", data: { ...order, amount: "1" } });
    // @ts-expect-error: a text is no data
    client.events.publish({ type: "lab.sample-taken", data: "text" });
  };
  expectTypeOf(check).toBeFunction();
});
