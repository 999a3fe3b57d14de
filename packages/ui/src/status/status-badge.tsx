import classes from "./status-badge.module.css";
import { type Tone, toneOf } from "./tone-of.ts";

export interface StatusBadgeProps {
  /** A state's name as the API has it; also chooses the tone. */
  status: string;
  /** Where the name means something else than usual. */
  tone?: Tone;
  /** Instead of the state's name. */
  label?: string;
}

/** A state in words; the colour only repeats what the word says. */
export function StatusBadge({
  status,
  tone = toneOf(status),
  label = status.replaceAll("_", " "),
}: StatusBadgeProps) {
  return <span className={`${classes.badge} ${classes[tone]}`}>{label}</span>;
}
