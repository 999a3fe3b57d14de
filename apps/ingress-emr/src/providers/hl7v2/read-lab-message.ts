import type { LabResultReceivedPayload } from "@carewire/envelope";
import type { Hl7Message } from "@medplum/core";
import type { Hl7Problem } from "../../hl7/hl7-problem.ts";
import { readLabResults } from "../../hl7/read-lab-results.ts";
import { type Hl7Header, readMessage } from "../../hl7/read-message.ts";

/** Which messages may have an effect: only those of production (MSH-11), or those for training and debugging as well. */
export type AcceptedProcessing = "production" | "any";

/** What a body holds. `unsupported` is a good message that we do not take; `malformed` is none. */
export type LabMessage =
  | { kind: "results"; message: Hl7Message; header: Hl7Header; results: LabResultReceivedPayload[] }
  | { kind: "unsupported"; message: Hl7Message; header: Hl7Header; problem: Hl7Problem }
  | { kind: "malformed"; message: Hl7Message | null; problem: Hl7Problem };

/** Reads an ORU^R01 message. Never throws. */
export function readLabMessage(bytes: Uint8Array, processing: AcceptedProcessing): LabMessage {
  const read = readMessage(bytes);
  if (!read.ok) return { kind: "malformed", message: read.message, problem: read.problem };
  const { message, header } = read;
  const unsupported = findUnsupported(header, processing);
  if (unsupported) return { kind: "unsupported", message, header, problem: unsupported };
  const lab = readLabResults(message, header.controlId);
  return lab.ok
    ? { kind: "results", message, header, results: lab.results }
    : { kind: "malformed", message, problem: lab.problem };
}

function findUnsupported(header: Hl7Header, processing: AcceptedProcessing): Hl7Problem | null {
  const reject = (condition: Hl7Problem["condition"], location: string, text: string): Hl7Problem => ({
    acknowledgement: "AR",
    condition,
    location,
    text,
  });
  if (header.type !== "ORU")
    return reject(200, "MSH^1^9^1^1", "only messages of type ORU^R01 are taken here");
  if (header.event !== "R01")
    return reject(201, "MSH^1^9^1^2", "of ORU messages only event R01 is taken here");
  if (processing === "production" && header.processingId !== "P") {
    return reject(202, "MSH^1^11", "only messages of production (P) are taken here");
  }
  if (!/^2(\.\d+)*$/.test(header.version)) {
    return reject(203, "MSH^1^12", "only versions 2 of HL7 are taken here");
  }
  return null;
}
