import type { LabResultReceivedPayload } from "@carewire/envelope";
import type { Hl7Segment } from "@medplum/core";
import type { FieldReader } from "./field-reader.ts";
import { toIsoTime } from "./hl7-time.ts";

export interface Patient {
  id: string;
  identifiers: { id: string; authority: string; type: string }[];
}

export type Observation = NonNullable<LabResultReceivedPayload["observations"]>[number];
export type Result = LabResultReceivedPayload & { observations: Observation[]; notes: string[] };

const idCharactersMax = 255;
const isId = (text: string): boolean => text !== "" && text.length <= idCharactersMax;

/** The patient by PID-3, or PID-2 of older versions; null without an identifier. */
export function readPatient(read: FieldReader, segment: Hl7Segment): Patient | null {
  const identifiers = [...read.identifiers(segment, 3), ...read.identifiers(segment, 2)];
  const [first] = identifiers;
  return first && isId(first.id) ? { id: first.id, identifiers } : null;
}

/**
 * An ordered test from its OBR, and the ORC before it. Its id is the laboratory's own number for the order, which stays the
 * same when a corrected result follows, else the orderer's, else `ownId`.
 */
export function readResult(
  read: FieldReader,
  segment: Hl7Segment,
  order: Hl7Segment | null,
  patient: Patient,
  ownId: string,
): Result {
  const placer = read.text(segment, 2, 1) || read.optional(order, 2, 1);
  const filler = read.text(segment, 3, 1) || read.optional(order, 3, 1);
  const doctor = read.text(segment, 16, 1) || read.optional(order, 12, 1);
  return {
    lab_result_id: [filler, placer].find(isId) ?? ownId,
    patient_id: patient.id,
    patient_identifiers: patient.identifiers,
    ...(isId(doctor) ? { doctor_id: doctor } : {}),
    ...(placer === "" ? {} : { placer_order_id: placer }),
    ...(filler === "" ? {} : { filler_order_id: filler }),
    test: read.coded(segment, 4),
    status: read.text(segment, 25, 1),
    observed_at: toIsoTime(read.text(segment, 7, 1)),
    reported_at: toIsoTime(read.text(segment, 22, 1)),
    observations: [],
    notes: [],
  };
}

export function readObservation(read: FieldReader, segment: Hl7Segment): Observation {
  const valueType = read.text(segment, 2, 1);
  return {
    ...read.coded(segment, 3),
    value_type: valueType,
    values: read.values(segment, 5, valueType),
    units: read.text(segment, 6, 1),
    reference_range: read.text(segment, 7, 1),
    abnormal_flags: read.repetitions(segment, 8),
    status: read.text(segment, 11, 1),
    observed_at: toIsoTime(read.text(segment, 14, 1)),
    notes: [],
  };
}
