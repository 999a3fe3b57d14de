/** What a state asks of the reader: nothing, patience, action. */
export type Tone = "ok" | "warn" | "bad" | "info" | "muted";

const tones: Record<string, Tone> = {
  active: "ok",
  accepted: "ok",
  closed: "ok",
  completed: "ok",
  delivered: "ok",
  done: "ok",
  healthy: "ok",
  ok: "ok",
  resolved: "ok",
  succeeded: "ok",
  verified: "ok",
  delivering: "info",
  duplicate: "info",
  in_flight: "info",
  leased: "info",
  pending: "info",
  queued: "info",
  retrying: "info",
  running: "info",
  sending: "info",
  conflict: "warn",
  degraded: "warn",
  half_open: "warn",
  held: "warn",
  paused: "warn",
  suspect: "warn",
  unknown: "warn",
  dead: "bad",
  disabled: "bad",
  exhausted: "bad",
  failed: "bad",
  invalid: "bad",
  handler: "bad",
  malformed: "bad",
  network: "bad",
  poison: "bad",
  schema: "bad",
  tls: "bad",
  open: "bad",
  rejected: "bad",
  refused: "bad",
  timeout: "bad",
};

/** The tone of a state by its name; what has none of its own is muted. */
export function toneOf(state: string): Tone {
  if (state.startsWith("http_")) return state.startsWith("http_2") ? "ok" : "bad";
  return tones[state] ?? "muted";
}
