import { Hl7Message } from "@medplum/core";
import type { Hl7Problem } from "./hl7-problem.ts";
import { readText } from "./read-text.ts";

/** What the header of a message says. */
export interface Hl7Header {
  /** MSH-9.1 and MSH-9.2, e.g. `ORU` and `R01`. */
  type: string;
  event: string;
  controlId: string;
  processingId: string;
  version: string;
}

/** A message, or why it is none; `message` is null when there is not even a header to answer to. */
export type ReadMessage =
  | { ok: true; message: Hl7Message; header: Hl7Header }
  | { ok: false; message: Hl7Message | null; problem: Hl7Problem };

/** Beyond these a message is an attack on memory: each separator becomes an object. */
const segmentsMax = 5_000;
const separatorsMax = 100_000;
/** Of what is repeated with every result of the message. */
const nameCharactersMax = 199;

/** Reads the message in a body, with or without an MLLP frame. Never throws. */
export function readMessage(bytes: Uint8Array): ReadMessage {
  const read = readText(bytes);
  if (!read.ok) return { ok: false, message: null, problem: read.problem };
  const problem = findTextProblem(read.text);
  if (problem) return { ok: false, message: null, problem };
  let message: Hl7Message;
  try {
    message = Hl7Message.parse(read.text);
  } catch {
    return { ok: false, message: null, problem: reject(100, "the message cannot be parsed") };
  }
  return holdsAnother(message) ? { ok: false, message, problem: another } : readHeader(message);
}

/** Its results would be taken for the first one's, and one acknowledgement would stand for both. */
const another: Hl7Problem = {
  acknowledgement: "AE",
  condition: 100,
  text: "the body holds more than one message",
};

// By how the name begins: a header that has separators of its own is not split where ours are.
const holdsAnother = ({ segments }: Hl7Message): boolean =>
  segments.some(({ name }, n) => n > 0 && name.startsWith("MSH"));

const reject = (condition: Hl7Problem["condition"], text: string, location?: string): Hl7Problem => ({
  acknowledgement: "AR",
  condition,
  text,
  ...(location === undefined ? {} : { location }),
});

// The field separator, then four or five encoding characters: each once, none of them a letter, digit or blank.
const headerPattern = /^MSH([^\w\s])([^\w\s]{4,5})\1/u;

/** What is wrong with the text as such: checked before anything is made of it. */
function findTextProblem(text: string): Hl7Problem | null {
  const header = headerPattern.exec(text.slice(0, 16));
  if (header === null) return reject(100, "the message does not begin with an MSH segment");
  const separators = `${header[1]}${header[2]}`;
  if (new Set(separators).size !== separators.length) {
    return reject(102, "the separators in MSH-1 and MSH-2 are not all different", "MSH^1^2");
  }
  return exceeds(text, "\r", segmentsMax) || exceeds(text, separators, separatorsMax)
    ? reject(102, "the message has too many segments or fields")
    : null;
}

function exceeds(text: string, characters: string, countMax: number): boolean {
  let count = 0;
  for (const character of text) if (characters.includes(character) && ++count > countMax) return true;
  return false;
}

function readHeader(message: Hl7Message): ReadMessage {
  const field = (index: number, component: number) => message.header.getComponent(index, component).trim();
  const header: Hl7Header = {
    type: field(9, 1),
    event: field(9, 2),
    controlId: field(10, 1),
    processingId: field(11, 1),
    version: field(12, 1),
  };
  const refuse = (condition: 101 | 102, name: string, location: string): ReadMessage => {
    const text = condition === 101 ? `${name} is missing` : `${name} is too long`;
    return { ok: false, message, problem: { acknowledgement: "AE", condition, location, text } };
  };
  if (header.type === "") return refuse(101, "MSH-9, the message type,", "MSH^1^9");
  if (header.controlId === "") return refuse(101, "MSH-10, the control id,", "MSH^1^10");
  if (header.controlId.length > nameCharactersMax) return refuse(102, "MSH-10, the control id,", "MSH^1^10");
  if (field(3, 1).length > nameCharactersMax)
    return refuse(102, "MSH-3, the sending application,", "MSH^1^3");
  if (field(4, 1).length > nameCharactersMax) return refuse(102, "MSH-4, the sending facility,", "MSH^1^4");
  return { ok: true, message, header };
}
