import type { PublishEvent } from "@carewire/contracts";
import { eventTypes } from "@carewire/envelope";
import type { Principal, ProblemDetails } from "@carewire/service-kit";
import type { TypeSchemas } from "../event-types/type-schemas.ts";
import { problemItems } from "./problem-items.ts";

/**
 * What is wrong with an event's data: by the catalog, or by the organization's own definition of the type. Null when
 * nothing is, or when nobody defined the type.
 */
export async function checkPayload(
  typeSchemas: TypeSchemas,
  principal: Principal,
  body: PublishEvent,
  bytes: number,
): Promise<ProblemDetails | null> {
  const detail = `The data does not have the form of a ${body.type} event.`;
  const known = eventTypes.get(body.type);
  if (known !== undefined) {
    const checked = known.schema.safeParse(body.data);
    return checked.success ? null : { detail, errors: problemItems(checked.error, ["data"]) };
  }
  const own = await typeSchemas.find(principal.organizationId, body.type);
  const checked = own?.check(body.data, bytes, "data");
  switch (checked?.outcome) {
    case undefined:
    case "valid":
      return null;
    case "invalid":
      return { detail, errors: checked.errors };
    case "too_costly": {
      const message =
        "is too large to be checked by its type's schema; send less, or make the schema simpler";
      return { detail, errors: [{ path: "data", message, code: "too_costly" }] };
    }
  }
}
