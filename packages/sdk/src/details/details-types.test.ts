import { expectTypeOf, test } from "vitest";
import type { AppointmentDetails, PrescriptionDetails } from "./details-types.ts";
import type { DetailsFetcher, TypedDetailsFetcher } from "./fetch-details.ts";

test("what is fetched is typed by the event's type", () => {
  const check = async (fetcher: TypedDetailsFetcher, anyType: string) => {
    const event = { data: {} };
    const appointment = await fetcher.fetchDetails({ ...event, type: "appointment.created" });
    expectTypeOf(appointment).toEqualTypeOf<AppointmentDetails | null>();
    // @ts-expect-error: it may be gone
    appointment.status;
    expectTypeOf(appointment?.status).toEqualTypeOf<unknown>();
    const type = "prescription.updated" as "prescription.updated" | "order.paid";
    expectTypeOf(await fetcher.fetchDetails({ ...event, type })).toEqualTypeOf<PrescriptionDetails | null>();
    expectTypeOf(await fetcher.fetchDetails({ ...event, type: "order.paid" })).toEqualTypeOf<null>();
    expectTypeOf(await fetcher.fetchDetails({ ...event, type: anyType })).toEqualTypeOf<unknown>();
  };
  expectTypeOf(check).toBeFunction();
  expectTypeOf<TypedDetailsFetcher>().toExtend<DetailsFetcher>();
});
