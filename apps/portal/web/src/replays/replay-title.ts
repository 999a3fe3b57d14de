import type { Replay } from "@carewire/contracts";

const statusWords: Record<string, string> = {
  delivered: "arrived",
  failed: "failed",
  cancelled: "were cancelled",
};

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
      const statuses = textsOf(filter.status).map((status) => statusWords[status] ?? status);
      const types = textsOf(filter.type).filter((type) => type !== "*");
      const of = types.length === 0 ? "" : ` of ${types.join(", ")}`;
      return statuses.length === 0 ? `All deliveries${of}` : `Deliveries${of} that ${statuses.join(" or ")}`;
    }
  }
}

const textsOf = (value: unknown): string[] => [value].flat().filter((text) => typeof text === "string");
