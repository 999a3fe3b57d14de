import type { Replay } from "@carewire/contracts";

/** What a job sends again, in words. */
export function replayTitle({ kind, filter }: Pick<Replay, "kind" | "filter">): string {
  switch (kind) {
    case "recover":
      return filter.only_failed === true
        ? "What did not arrive at one endpoint"
        : "Everything to one endpoint";
    case "missing":
      return "Events an endpoint never had";
    case "filter": {
      const status = [filter.status].flat().filter(Boolean).join(", ");
      const type = [filter.type].flat().filter(Boolean).join(", ");
      return `${status === "" ? "Finished" : capital(status)} deliveries${type === "" ? "" : ` of ${type}`}`;
    }
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
