/** Where a host serves one kind of resource, and which field of an event's `data` names it. */
export interface ResourcePath {
  /** Fields of `data`, the first that is there counts. */
  idFields: readonly string[];
  /** The path on the host; `:id` is replaced. */
  path: string;
}

/** Which resource the events of a domain (the type's first word) are about. */
export type ResourcePaths = Readonly<Record<string, ResourcePath>>;

/** Where Carewire serves details. */
export const carewirePaths: ResourcePaths = {
  appointment: { idFields: ["appointment_id"], path: "/dr/v1/business/appointments/:id" },
  prescription: { idFields: ["prescription_id", "rx_id"], path: "/dr/v1/business/prescription/:id" },
};

/** Where an Eka Care host serves them today. */
export const ekaPaths: ResourcePaths = {
  appointment: { idFields: ["appointment_id"], path: "/dr/v1/appointment/:id" },
  prescription: { idFields: ["prescription_id", "rx_id"], path: "/dr/v1/prescription/:id" },
};

/** The resource that an event names. */
export type NamedResource =
  | { kind: "named"; template: string; path: string }
  /** Events of this type have no details. */
  | { kind: "none" }
  /** They have, but this one does not say which. */
  | { kind: "id_missing"; fields: readonly string[] };

const idCharactersMax = 255;

/** Finds the resource that an event is about. */
export function nameResource(paths: ResourcePaths, type: string, data: unknown): NamedResource {
  const domain = type.split(".", 1)[0] ?? "";
  const known = Object.hasOwn(paths, domain) ? paths[domain] : undefined;
  if (known === undefined) return { kind: "none" };
  const fields = new Map(Object.entries(typeof data === "object" && data !== null ? data : {}));
  const id = known.idFields.map((field) => idOf(fields.get(field))).find((found) => found !== null);
  if (id === undefined) return { kind: "id_missing", fields: known.idFields };
  return {
    kind: "named",
    template: known.path,
    path: known.path.replace(":id", () => encodeURIComponent(id)),
  };
}

function idOf(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  const isId = typeof value === "string" && value !== "" && value.length <= idCharactersMax;
  // "." and ".." would lead to another path, however they are written.
  return isId && value.isWellFormed() && !/^\.{1,2}$/.test(value) ? value : null;
}
