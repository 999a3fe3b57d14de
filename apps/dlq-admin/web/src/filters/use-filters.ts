import { withFilters } from "@carewire/ui";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Filters } from "../api/reads.ts";

/** What a filter becomes; null removes it. */
export type FilterChanges = Record<string, string | null | undefined>;

/** The filters of the page, which are its address's parameters, and a way to change them. */
export function useFilters(): [Filters, (changes: FilterChanges) => void] {
  const search = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const change = useCallback(
    (changes: FilterChanges) =>
      void navigate({
        to: ".",
        search: ((before: Filters) => withFilters(before, changes)) as never,
      }),
    [navigate],
  );
  return [search, change];
}
