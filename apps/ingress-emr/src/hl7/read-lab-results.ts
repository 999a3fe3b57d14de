import type { LabResultReceivedPayload } from "@carewire/envelope";
import type { Hl7Message, Hl7Segment } from "@medplum/core";
import { createFieldReader } from "./field-reader.ts";
import type { Hl7Problem } from "./hl7-problem.ts";
import { type Patient, type Result, readObservation, readPatient, readResult } from "./read-segments.ts";

export type ReadLabResults =
  | { ok: true; results: LabResultReceivedPayload[] }
  | { ok: false; problem: Hl7Problem };

/** Ordered tests in one message: each becomes an event. */
const resultsMax = 200;
/** Of a patient's identifiers as JSON: they are repeated with every result, so a message could grow to hundreds of megabytes. */
const identifiersCharactersMax = 16_384;

/** What the segments so far say about the next one. */
interface Position {
  patient: Patient | null;
  /** The ORC before an OBR, which may name the order for it. */
  order: Hl7Segment | null;
  /** What an OBX belongs to: the last OBR's, until another patient or order begins. */
  result: Result | null;
  /** What an NTE is about. */
  noted: { notes: string[] } | null;
  results: Result[];
}

/** The results of an ORU^R01 message, one per OBR, each with the OBX and NTE that follow it. Never throws. */
export function readLabResults(message: Hl7Message, controlId: string): ReadLabResults {
  const position: Position = { patient: null, order: null, result: null, noted: null, results: [] };
  const take = createSegmentTaker(message, controlId, position);
  for (const segment of message.segments) {
    const problem = take(segment);
    if (problem) return { ok: false, problem: { acknowledgement: "AE", ...problem } };
  }
  if (position.results.length > 0) return { ok: true, results: position.results };
  return { ok: false, problem: { acknowledgement: "AE", ...outOfOrder("the message has no OBR segment") } };
}

type Problem = Omit<Hl7Problem, "acknowledgement">;

const outOfOrder = (text: string): Problem => ({ condition: 100, text });
const withoutPatient: Problem = {
  condition: 101,
  location: "PID^1^3",
  text: "PID-3, the patient's identifier, is missing or too long",
};
const tooManyIdentifiers: Problem = {
  condition: 102,
  location: "PID^1^3",
  text: "PID-3 and PID-2, the patient's identifiers, are too long altogether",
};
const tooMany: Problem = { condition: 102, text: `the message has more than ${resultsMax} OBR segments` };

function findPatientProblem(patient: Patient | null): Problem | null {
  if (patient === null) return withoutPatient;
  return JSON.stringify(patient.identifiers).length > identifiersCharactersMax ? tooManyIdentifiers : null;
}

/** Takes one segment after the other; returns what is wrong with one, or null. Segments it does not know are passed over. */
function createSegmentTaker({ context }: Hl7Message, controlId: string, position: Position) {
  const read = createFieldReader(context);

  return (segment: Hl7Segment): Problem | null => {
    const { results } = position;
    switch (segment.name) {
      case "PID":
        position.patient = readPatient(read, segment);
        position.order = position.result = position.noted = null;
        return findPatientProblem(position.patient);
      case "ORC":
        position.order = segment;
        position.result = position.noted = null;
        return null;
      case "OBR": {
        if (position.patient === null) return outOfOrder("an OBR segment stands before any PID");
        if (results.length === resultsMax) return tooMany;
        const ownId = `${controlId}-${results.length + 1}`;
        const result = readResult(read, segment, position.order, position.patient, ownId);
        results.push(result);
        position.order = null;
        position.result = position.noted = result;
        return null;
      }
      case "OBX": {
        if (position.result === null) return outOfOrder("an OBX segment stands before its OBR");
        const observation = readObservation(read, segment);
        position.result.observations.push(observation);
        position.noted = observation;
        return null;
      }
      case "NTE":
        position.noted?.notes.push(...read.repetitions(segment, 3));
        return null;
      default:
        return null;
    }
  };
}
