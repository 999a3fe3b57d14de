import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withId } from "./route-options.ts";

const c = initContract();

/** What a reader may say about why and from what state it reads. */
const readHeaders = {
  "if-none-match": z
    .string()
    .max(1_024)
    .optional()
    .meta({ description: "The `ETag` of an earlier answer: 304 while it is still the newest version." }),
  "carewire-delivery": z
    .string()
    .max(64)
    .optional()
    .meta({
      description:
        "What led to this read, for the audit trail: a delivery's id, or the `webhook-id` it came with. Anything else " +
        "is ignored.",
    }),
};

const details = c.otherResponse({
  contentType: "application/json",
  body: z.unknown().meta({ type: "object", description: "The newest version, byte for byte as published." }),
});

const read = {
  metadata: needs("resources:read"),
  headers: readHeaders,
};

const described = (path: string) => `The same as \`${path}\`, at the path that Eka's interface has today.`;

/** Fetch details: what a thin delivery names, to be read by those who may. Every read is audited. */
export const resourcesContract = c.router(
  {
    getAppointment: {
      ...read,
      method: "GET",
      path: "/dr/v1/business/appointments/:id",
      summary: "Read an appointment",
      description: "Every read is audited.",
      pathParams: idPathParams,
      responses: { 200: details, 304: c.noBody(), ...withId },
    },
    getPrescription: {
      ...read,
      method: "GET",
      path: "/dr/v1/business/prescription/:id",
      summary: "Read a prescription",
      description: "Every read is audited.",
      pathParams: idPathParams,
      responses: { 200: details, 304: c.noBody(), ...withId },
    },
    getAppointmentAtEkaPath: {
      ...read,
      method: "GET",
      path: "/dr/v1/appointment/:id",
      summary: "Read an appointment",
      description: described("/dr/v1/business/appointments/:id"),
      pathParams: idPathParams,
      responses: { 200: details, 304: c.noBody(), ...withId },
    },
    getPrescriptionAtEkaPath: {
      ...read,
      method: "GET",
      path: "/dr/v1/prescription/:id",
      summary: "Read a prescription",
      description: described("/dr/v1/business/prescription/:id"),
      pathParams: idPathParams,
      responses: { 200: details, 304: c.noBody(), ...withId },
    },
    get: {
      ...read,
      method: "GET",
      path: "/v1/resources/:kind/:id",
      summary: "Read a resource of any kind",
      description: "Every read is audited.",
      pathParams: z.object({ kind: z.string(), id: z.string() }),
      responses: { 200: details, 304: c.noBody(), ...withId },
    },
  },
  routerOptions,
);
