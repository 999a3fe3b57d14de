import type { Reply, StoredVerdict } from "@carewire/service-kit/ingress";
import { acknowledge } from "../../hl7/acknowledge.ts";
import type { Hl7Problem } from "../../hl7/hl7-problem.ts";
import { type AcceptedProcessing, readLabMessage } from "./read-lab-message.ts";

/** What the answers are encoded in, and the first that requests may be. */
export const hl7MediaType = "x-application/hl7-v2+er7";

const contentType = `${hl7MediaType}; charset=utf-8`;

const conflict: Hl7Problem = {
  acknowledgement: "AR",
  condition: 205,
  text: "another message was received under this webhook-id; this one has no effect",
};

/** The HL7 ACK for a request: AA once its results are stored, also when they were before; else AE or AR, and why. */
export function replyTo(
  verdict: StoredVerdict,
  { rawBody, nowMs }: { rawBody: Uint8Array; nowMs: number },
  processing: AcceptedProcessing,
): Reply {
  const read = readLabMessage(rawBody, processing);
  const problem = verdict === "conflict" ? conflict : "problem" in read ? read.problem : null;
  const answer = problem === null ? ({ taken: true } as const) : ({ taken: false, problem } as const);
  return { contentType, body: acknowledge(read.message, answer, nowMs) };
}
