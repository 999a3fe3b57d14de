import { eventTypes } from "@carewire/envelope";
import type { ProblemDetails } from "@carewire/service-kit";
import type { CompiledSchema } from "../event-types/compile-schema.ts";
import type { IncomingEvent } from "./prepare-events.ts";
import { problemItems } from "./problem-items.ts";

const tooCostly = (message: string) => [{ path: "data", message, code: "too_costly" }];

/** The answer to an event of a batch whose other events took all the time there is. */
export const notChecked: ProblemDetails = {
  detail: "The batch took too long to check.",
  errors: tooCostly("was not looked at; send this event again, in a smaller batch"),
};

/**
 * What is wrong with an event's data: by the catalog, or by the organization's own definition of the type (null: there is
 * none). Null when nothing is.
 */
export function checkPayload(
  own: CompiledSchema | null,
  { body, raw }: Pick<IncomingEvent, "body" | "raw">,
): ProblemDetails | null {
  const detail = `The data does not have the form of a ${body.type} event.`;
  const known = eventTypes.get(body.type);
  if (known !== undefined) {
    const checked = known.schema.safeParse(body.data);
    return checked.success ? null : { detail, errors: problemItems(checked.error, ["data"]) };
  }
  const checked = own?.check(body.data, raw.byteLength, "data");
  switch (checked?.outcome) {
    case undefined:
    case "valid":
      return null;
    case "invalid":
      return { detail, errors: checked.errors };
    case "too_costly":
      return {
        detail,
        errors: tooCostly(
          "is too large to be checked by its type's schema; send less, or make the schema simpler",
        ),
      };
  }
}
