import { CarewireApiError } from "../http/api-error.ts";
import type { DetailsOptions } from "./details-options.ts";
import type { DetailsOf } from "./details-types.ts";
import { createResourceReader } from "./read-resource.ts";
import { carewirePaths, nameResource } from "./resource-paths.ts";
import { createSingleFlight } from "./single-flight.ts";

/** What {@link DetailsFetcher.fetchDetails} needs to know of an event. */
export interface DetailedEvent {
  type: string;
  data: unknown;
  /**
   * The message's id: goes into the audit trail, and makes sure that what is read is not older than the event. Without it
   * the answer may be one that was under way when the event came.
   */
  id?: string;
}

/** What {@link DetailsFetcher.fetchDetails} may be told about one read. */
export interface FetchDetailsOptions {
  /** Gives the read up: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Reads what thin deliveries name. */
export interface DetailsFetcher {
  /**
   * Reads the resource the event is about, in its newest version. null: there is no such resource (any more), or events
   * of this type have none. Rejects with a `CarewireApiError` when it cannot be read.
   */
  fetchDetails(event: DetailedEvent, options?: FetchDetailsOptions): Promise<unknown | null>;
}

/** A {@link DetailsFetcher} that knows what each type of event has. */
export interface TypedDetailsFetcher extends DetailsFetcher {
  fetchDetails<Type extends string>(
    event: DetailedEvent & { type: Type },
    options?: FetchDetailsOptions,
  ): Promise<DetailsOf<Type>>;
}

/** Makes a {@link DetailsFetcher}. Throws when `baseUrl` is no address. */
export function createDetailsFetcher(options: DetailsOptions): TypedDetailsFetcher {
  const paths = options.paths ?? carewirePaths;
  const read = createResourceReader(options);
  const flights = createSingleFlight<string | null>();
  return {
    async fetchDetails<Type extends string>(
      event: DetailedEvent & { type: Type },
      { signal }: FetchDetailsOptions = {},
    ) {
      const resource = nameResource(paths, event.type, event.data);
      if (resource.kind === "none") return null as DetailsOf<Type>;
      if (resource.kind === "id_missing") throw idMissing(event.type, resource.fields);
      const { template, path } = resource;
      const run = (stop: AbortSignal) => read({ template, path, eventId: event.id }, stop);
      const text = await flights.join({ key: path, cause: event.id ?? "", run, signal });
      // Parsed for each caller: what one changes in its copy is not seen by another.
      return (text === null ? null : parse(text, template)) as DetailsOf<Type>;
    },
  };
}

function idMissing(type: string, fields: readonly string[]): CarewireApiError {
  const message = `This ${type} event cannot be looked up: its data has no ${fields.join(" or ")}`;
  return new CarewireApiError(message, { code: "resource_id_missing", status: null, tries: 0 });
}

function parse(text: string, template: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = `GET ${template} answered 200 with a body that is no JSON`;
    throw new CarewireApiError(message, { code: "answer_not_json", status: 200 });
  }
}
