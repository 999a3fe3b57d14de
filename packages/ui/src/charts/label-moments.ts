const minuteMs = 60_000;
const dayMs = 86_400_000;

const toTheMinute = { hour: "2-digit", minute: "2-digit" } as const;
const toTheDay = { day: "numeric", month: "short" } as const;
const seconds = new Intl.DateTimeFormat("en-GB", { ...toTheMinute, second: "2-digit" });
const minutes = new Intl.DateTimeFormat("en-GB", toTheMinute);
const minutesOfDays = new Intl.DateTimeFormat("en-GB", { ...toTheDay, ...toTheMinute });
const days = new Intl.DateTimeFormat("en-GB", toTheDay);

/** Moments in equal steps, ms since 1970, in as few words as tell them apart: `14:05:30`, `14:05`, `22 Nov, 14:05`, `22 Nov`. */
export function labelMoments(times: number[]): string[] {
  const [first = 0, second = first + minuteMs] = times;
  const format = formatFor(second - first, (times.at(-1) ?? first) - first);
  return times.map((time) => format.format(time));
}

function formatFor(stepMs: number, spanMs: number): Intl.DateTimeFormat {
  if (stepMs >= dayMs) return days;
  if (spanMs > dayMs) return minutesOfDays;
  return stepMs < minuteMs ? seconds : minutes;
}
