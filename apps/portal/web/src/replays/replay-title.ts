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
      const to = endpointWords(textsOf(filter.subscription_id).length);
      return statuses.length === 0
        ? `All deliveries${of}${to}`
        : `Deliveries${of}${to} that ${statuses.join(" or ")}`;
    }
  }
}

const endpointWords = (count: number): string => {
  if (count === 0) return "";
  return count === 1 ? " to one endpoint" : ` to ${count} endpoints`;
};

const textsOf = (value: unknown): string[] => [value].flat().filter((text) => typeof text === "string");
