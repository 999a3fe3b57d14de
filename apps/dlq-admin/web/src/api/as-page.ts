import type { ListPage, LiveQuery } from "@carewire/ui";

/** Rows that are there already, as a list that was loaded. */
export function asPage<Row>(rows: Row[]): LiveQuery<ListPage<Row>> {
  return {
    data: { data: rows },
    error: null,
    isPending: false,
    isFetching: false,
    isPlaceholderData: false,
    dataUpdatedAt: 0,
    refetch: () => undefined,
  };
}
