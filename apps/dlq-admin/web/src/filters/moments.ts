const two = (number: number) => String(number).padStart(2, "0");
const four = (number: number) => String(number).padStart(4, "0");

/** RFC 3339 as a `datetime-local` field wants it, in the local time zone; empty when there is none. */
export function toLocalInput(moment: string | undefined): string {
  const date = new Date(moment ?? "");
  if (Number.isNaN(date.getTime())) return "";
  const day = `${four(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What a `datetime-local` field holds as RFC 3339 in UTC; null when it is empty. */
export function toMoment(local: string): string | null {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Whether the server takes a moment as a filter: those of the years 2000 to 2099. */
export function isTaken(moment: string): boolean {
  return moment >= "2000" && moment < "2100";
}
