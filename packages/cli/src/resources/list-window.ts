import { momentOf } from "../commands/moments.ts";
import { type Given, text } from "./resource-command.ts";

const timeNames = ["since", "until"] as const;

/** The options with their times as moments: what is counted back from now is another window each time it is asked for. */
export function fixedTimes(given: Given, nowMs: number): Given {
  const fixed = { ...given };
  for (const name of timeNames) {
    const value = text(given[name]);
    if (value !== undefined) fixed[name] = momentOf(value, nowMs, `--${name}`);
  }
  return fixed;
}

/** The options that lead to a list's next page; a cursor fits only the window it was made for. */
export function nextPageOptions(given: Given, cursor: string): string {
  const times = timeNames.flatMap((name) => {
    const moment = text(given[name]);
    return moment === undefined ? [] : [`--${name} ${moment}`];
  });
  return [...times, `--cursor ${cursor}`].join(" ");
}
