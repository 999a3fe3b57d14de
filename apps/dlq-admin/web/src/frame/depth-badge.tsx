import { StatusBadge } from "@carewire/ui";
import { reads } from "../api/reads.ts";
import { useLive } from "../api/use-live.ts";

/** How many dead letters are open, red when that is an alert. The overview's answer is shared. */
export function DepthBadge() {
  const overview = useLive(["overview", {}], (options) => reads.overview({}, options));
  const letters = overview.data?.dead_letters;
  if (!letters || letters.depth === 0) return null;
  return (
    <StatusBadge
      status="open"
      tone={letters.alert ? "bad" : "muted"}
      label={letters.depth.toLocaleString("en")}
    />
  );
}
