import { explainError, notifyDone, notifyFailure } from "@carewire/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";

/** Replays deliveries one after the other; says how many went, and why the first of the others did not. */
export function useReplaySelected() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: string[]) => {
      const failures: unknown[] = [];
      for (const id of ids) {
        try {
          await call("POST /v1/deliveries/:id/replay", {
            params: { id },
            body: {},
            idempotencyKey: crypto.randomUUID(),
          });
        } catch (error) {
          failures.push(error);
        }
      }
      return { replayed: ids.length - failures.length, failures };
    },
    onSuccess: ({ replayed, failures }) => {
      if (replayed > 0) notifyDone(`${replayed} queued to be sent again.`);
      if (failures.length > 0) {
        notifyFailure(`${failures.length} were not replayed`, failures[0]);
      }
      return client.invalidateQueries({ queryKey: ["GET /v1/deliveries"] });
    },
    onError: (error) => notifyFailure("Nothing was replayed", explainError(error)),
  });
}
