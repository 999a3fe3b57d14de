import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { isTaken, toLocalInput, toMoment } from "./moments.ts";
import { useFilters } from "./use-filters.ts";

/** A filter by time, typed in the reader's own time zone. */
export function MomentFilter({ name, label }: { name: string; label: string }) {
  const [filters, change] = useFilters();
  const applied = toLocalInput(filters[name]);
  const [typed, setTyped] = useState(applied);
  const sent = useRef(applied);
  // The address follows what is typed a little later; only what came from elsewhere is taken over.
  useEffect(() => {
    if (applied === sent.current) return;
    sent.current = applied;
    setTyped(applied);
  }, [applied]);
  const type = (local: string) => {
    setTyped(local);
    const moment = toMoment(local);
    // Who types 2026 passes through the years 2, 20 and 202.
    if (moment !== null && !isTaken(moment)) return;
    sent.current = local;
    change({ [name]: moment });
  };
  return (
    <TextInput
      type="datetime-local"
      label={label}
      styles={typed ? undefined : { input: { color: "var(--mantine-color-placeholder)" } }}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={() => setTyped(sent.current)}
    />
  );
}
