const two = (number: number) => String(number).padStart(2, "0");

/** RFC 3339 as a `datetime-local` field wants it, in the local time zone; empty when there is none. */
export function toLocalInput(moment: string | undefined): string {
  const date = new Date(moment ?? "");
  if (Number.isNaN(date.getTime())) return "";
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What a `datetime-local` field holds as RFC 3339 in UTC; null when it is empty. */
export function toMoment(local: string): string | null {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
