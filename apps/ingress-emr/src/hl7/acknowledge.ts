import { type Hl7Context, Hl7Message, Hl7Segment } from "@medplum/core";
import { conditions, type Hl7Problem } from "./hl7-problem.ts";

/** What an ACK says: that the message is taken, or why not. */
export type Acknowledgement = { taken: true } | { taken: false; problem: Hl7Problem };

const charactersMax = 227;

/**
 * The ACK for a message, in its own separators: MSH with sender and receiver exchanged, MSA with `AA`, `AE` or `AR` and the
 * message's control id, and ERR when it is not taken. `message` is null when there was no header to answer to.
 */
export function acknowledge(message: Hl7Message | null, answer: Acknowledgement, nowMs: number): string {
  const header = message?.header;
  const field = (index: number): string =>
    (header?.getField(index)?.toString() ?? "").slice(0, charactersMax);
  const trigger = header?.getComponent(9, 2).slice(0, 8) ?? "";
  const context = message?.context;
  const msh = [
    "MSH",
    context?.getMsh2() ?? "^~\\&",
    field(5),
    field(6),
    field(3),
    field(4),
    timestampOf(nowMs),
    "",
    trigger === "" ? "ACK" : ["ACK", trigger, "ACK"].join(context?.componentSeparator ?? "^"),
    String(nowMs),
    field(11) || "P",
    field(12) || "2.5.1",
  ];
  const code = answer.taken ? "AA" : answer.problem.acknowledgement;
  const segments = [msh, ["MSA", code, field(10)]];
  if (!answer.taken) segments.push(errorSegment(answer.problem, context));
  const built = segments.map((fields) => new Hl7Segment(fields, context));
  // Every segment ends with a carriage return, the last one too.
  return `${new Hl7Message(built, context)}\r`;
}

/** ERR since 2.5: location, condition of table 0357, severity, and what to do in words. */
function errorSegment({ condition, location = "", text }: Hl7Problem, context?: Hl7Context): string[] {
  const separator = context?.componentSeparator ?? "^";
  const error = [String(condition), conditions[condition], "HL70357"].join(separator);
  return ["ERR", "", location.replaceAll("^", separator), error, "E", "", "", "", text];
}

/** `20260104223000+0000` */
const timestampOf = (nowMs: number): string =>
  `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:T]/g, "")}+0000`;
