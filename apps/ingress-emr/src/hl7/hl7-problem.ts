/** Conditions of HL7 table 0357 that we answer with. */
export const conditions = {
  100: "Segment sequence error",
  101: "Required field missing",
  102: "Data type error",
  200: "Unsupported message type",
  201: "Unsupported event code",
  202: "Unsupported processing id",
  203: "Unsupported version id",
  205: "Duplicate key identifier",
} as const;

/**
 * Why a message is not taken. `AE`: it says too little or says it wrongly; `AR`: we do not take such messages at all. `text`
 * is a fixed sentence: it never quotes the message.
 */
export interface Hl7Problem {
  acknowledgement: "AE" | "AR";
  condition: keyof typeof conditions;
  /** ERR-2, e.g. `PID^1^3`. */
  location?: string;
  text: string;
}
