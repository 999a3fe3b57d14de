const pattern =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\d{2})?(?:(\d{2})(\.\d{1,4})?)?)?)?)?(?:([+-]\d{2})(\d{2}))?$/;

/**
 * An HL7 moment (`20260104073000+0100`) as ISO 8601, as exact as it was given: `2026-01-04T07:30:00+01:00`, `2026-01`. Without
 * an offset it is the laboratory's own time, wherever that is, and stays without. Null for anything else.
 */
export function toIsoTime(text: string): string | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute = "00", second, fraction = "", offsetHour, offsetMinute] = match;
  const date = [year, month, day].filter((part) => part !== undefined).join("-");
  if (!isMoment(`${date}`)) return null;
  if (hour === undefined) return date;
  const time = `${date}T${hour}:${minute}${second === undefined ? "" : `:${second}${fraction}`}`;
  const offset = offsetHour === undefined ? "" : `${offsetHour}:${offsetMinute}`;
  return isMoment(`${time}${offset || "Z"}`) ? `${time}${offset}` : null;
}

/** True for what Date reads and writes again as the same day: it takes the 30th of February for one in March. */
function isMoment(text: string): boolean {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return false;
  const day = text.slice(0, 10);
  return new Date(Date.parse(day)).toISOString().startsWith(day);
}
