const units: [name: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** A length of time in its largest unit, and the next one where that matters: `45 s`, `12 min`, `3 h 20 min`, `9 d`. */
export function describeDuration(durationMs: number): string {
  const seconds = Math.floor(Math.abs(durationMs) / 1_000);
  const index = units.findIndex(([, size]) => seconds >= size);
  if (index === -1) return "0 s";
  const [unit, size] = units[index]!;
  const whole = Math.floor(seconds / size);
  const next = units[index + 1];
  const rest = next ? Math.floor((seconds % size) / next[1]) : 0;
  return whole < 5 && rest > 0 && unit !== "min"
    ? `${whole} ${unit} ${rest} ${next![0]}`
    : `${whole} ${unit}`;
}

/** How long ago, or in how long, `at` is: `just now`, `12 min ago`, `in 3 h`. Both in ms since 1970. */
export function describeAge(at: number, now: number): string {
  const age = now - at;
  if (Math.abs(age) < 5_000) return "just now";
  return age > 0 ? `${describeDuration(age)} ago` : `in ${describeDuration(age)}`;
}

/** How long something took, from microscopic to minutes: `0.4 ms`, `85 ms`, `1.25 s`. */
export function describeLatency(durationMs: number): string {
  if (durationMs < 0.1) return "< 0.1 ms";
  if (durationMs < 1) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(2)} s`;
  return describeDuration(durationMs);
}
