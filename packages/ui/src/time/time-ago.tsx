import { describeAge } from "./describe-age.ts";
import { useNow } from "./use-now.ts";

const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** A moment for reading, in the reader's own time zone, and in UTC for comparing with logs. */
export function describeMoment(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : `${absolute.format(date)} (${date.toISOString().slice(0, 19)}Z)`;
}

export interface TimeAgoProps {
  /** RFC 3339; null shows a dash. */
  at: string | null | undefined;
}

/** How long ago, going on by itself; the moment itself on hover. */
export function TimeAgo({ at }: TimeAgoProps) {
  const now = useNow();
  if (!at) return <span aria-hidden="true">–</span>;
  return (
    <time dateTime={at} title={describeMoment(at)} className="cw-number">
      {describeAge(new Date(at).getTime(), now)}
    </time>
  );
}
