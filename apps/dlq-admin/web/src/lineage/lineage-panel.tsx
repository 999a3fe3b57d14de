import { Loaded, Panel } from "@carewire/ui";
import { reads } from "../api/reads.ts";
import { useLive } from "../api/use-live.ts";
import { LineageView } from "./lineage-view.tsx";

// A chain is long to read, and seldom grows while somebody looks at it.
const intervalMs = 15_000;

/** The chain around anything that has one, by its id. */
export function LineagePanel({ id }: { id: string }) {
  const chain = useLive(["lineage", id], (options) => reads.lineage(id, options), { intervalMs });
  return (
    <Panel title="Where it came from, and where it went">
      <Loaded query={chain} rows={4}>
        {(data) => <LineageView chain={data} />}
      </Loaded>
    </Panel>
  );
}
