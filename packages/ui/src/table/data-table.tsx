import { Button, Checkbox, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { rowLink } from "../keyboard/focus-rows.ts";
import { AppLink } from "../layout/app-link.tsx";
import { countOf } from "./count-of.ts";
import classes from "./data-table.module.css";
import { EmptyState, type LiveQuery, Loaded, LoadingState } from "./states.tsx";
import { useOpenRow } from "./use-open-row.ts";

/** A column; the first one names the row, and opens it where rows open. */
export interface Column<Row> {
  header: string;
  cell: (row: Row) => ReactNode;
  align?: "start" | "end";
  width?: string | number;
}

/** One page of a list, as the API answers it. */
export interface ListPage<Row> {
  data: Row[];
  next_cursor?: string | null;
  prev_cursor?: string | null;
}

/** Which rows are ticked. */
export interface RowSelection {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
}

export interface DataTableProps<Row> {
  /** What the rows are, for screen readers and the foot. */
  label: string;
  columns: Column<Row>[];
  query: LiveQuery<ListPage<Row>>;
  rowKey: (row: Row) => string;
  /** Where a row leads; rows without it do not open. */
  rowTo?: (row: Row) => string;
  /** Shown when the page has no rows. */
  empty: ReactNode;
  /** Goes to another page of the list, by `cursor` in the address; lists without it have one page. */
  onCursor?: (cursor: string | undefined) => void;
  selection?: RowSelection;
  /** `bare` inside of a panel, which has a border already. */
  frame?: "own" | "bare";
}

/** A list, paged by the server: a table, on narrow screens cards. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, query, onCursor, frame = "own" } = props;
  return (
    <div className={frame === "own" ? classes.frame : classes.bare}>
      <Loaded query={query}>
        {(page) => {
          if (page.data.length === 0) return <EmptyPage {...props} page={page} />;
          return (
            <>
              <div className={classes.scroll}>
                <table className={classes.table} aria-label={label}>
                  <Head {...props} rows={page.data} />
                  <tbody>
                    {page.data.map((row) => (
                      <Line key={props.rowKey(row)} {...props} row={row} />
                    ))}
                  </tbody>
                </table>
              </div>
              {onCursor ? <PageFoot {...props} page={page} /> : null}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

/**
 * A list may look at so many rows for one page: when none of them passed its filters, those behind still may, and at its end
 * those before.
 */
function EmptyPage<Row>(props: DataTableProps<Row> & { page: ListPage<Row> }) {
  const { page, query, empty, onCursor } = props;
  const { cursor } = useSearch({ strict: false }) as { cursor?: string };
  if (!onCursor) return empty;
  if (page.next_cursor || page.prev_cursor) return <NoneOfThese {...props} />;
  // That the list before was empty says nothing of this one.
  if (query.isPlaceholderData) return <LoadingState />;
  return cursor === undefined ? empty : <ListEnd onBack={() => onCursor(undefined)} />;
}

function NoneOfThese<Row>(props: DataTableProps<Row> & { page: ListPage<Row> }) {
  return (
    <>
      <EmptyState title="None among those looked at">
        {props.page.next_cursor
          ? "There are older ones that were not looked at yet: go on with “Older”."
          : "There are newer ones that were not looked at yet: go on with “Newer”."}
      </EmptyState>
      <PageFoot {...props} />
    </>
  );
}

function ListEnd({ onBack }: { onBack: () => void }) {
  const back = (
    <Button variant="default" mt="xs" onClick={onBack}>
      Back to the newest
    </Button>
  );
  return (
    <EmptyState title="The list ends here" action={back}>
      None of the last ones looked at pass the filters; those of the pages before still do.
    </EmptyState>
  );
}

function Head<Row>({ columns, query, selection, rowKey, rows }: DataTableProps<Row> & { rows: Row[] }) {
  const keys = rows.map(rowKey);
  const all = keys.every((key) => selection?.selected.has(key));
  return (
    <thead>
      <tr>
        {selection ? (
          <th style={{ width: 36 }}>
            <Checkbox
              size="xs"
              aria-label="Select every row of this page"
              disabled={query.isPlaceholderData}
              checked={all}
              indeterminate={!all && keys.some((key) => selection.selected.has(key))}
              onChange={() => selection.onChange(new Set(all ? [] : keys))}
            />
          </th>
        ) : null}
        {columns.map(({ header, align, width }) => (
          <th key={header} data-align={align} style={{ width }} scope="col">
            {header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Line<Row>({ columns, query, selection, rowKey, rowTo, row }: DataTableProps<Row> & { row: Row }) {
  const key = rowKey(row);
  const to = rowTo?.(row);
  const open = useOpenRow(to);
  return (
    <tr className={classes.row} data-opens={to === undefined ? undefined : ""} onClick={open}>
      {selection ? (
        <td data-label="Select">
          <Checkbox
            size="xs"
            aria-label={`Select ${key}`}
            disabled={query.isPlaceholderData}
            checked={selection.selected.has(key)}
            onChange={() => selection.onChange(toggled(selection.selected, key))}
          />
        </td>
      ) : null}
      {columns.map(({ header, cell, align }, index) => (
        <td key={header} data-label={header} data-align={align} data-primary={index === 0 ? "" : undefined}>
          {index === 0 && to !== undefined ? (
            <AppLink to={to} className={classes.open} {...rowLink}>
              {cell(row)}
            </AppLink>
          ) : (
            cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

function PageFoot<Row>(props: DataTableProps<Row> & { page: ListPage<Row> }) {
  const { label, page } = props;
  return (
    <div className={classes.footer}>
      <span aria-live="polite">{countOf(page.data.length, label)} on this page</span>
      <Group gap={6}>
        <PageButton {...props} cursor={page.prev_cursor} leftSection={<IconChevronLeft size={13} />}>
          Newer
        </PageButton>
        <PageButton {...props} cursor={page.next_cursor} rightSection={<IconChevronRight size={13} />}>
          Older
        </PageButton>
      </Group>
    </div>
  );
}

interface PageButtonProps {
  cursor?: string | null;
  leftSection?: ReactNode;
  rightSection?: ReactNode;
  children: ReactNode;
}

/** While the list before is still shown its cursors lead nowhere in this one; a button keeps the focus meanwhile. */
function PageButton<Row>({
  query,
  onCursor,
  cursor,
  leftSection,
  rightSection,
  children,
}: PageButtonProps & Pick<DataTableProps<Row>, "query" | "onCursor">) {
  const awaited = query.isPlaceholderData;
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={leftSection}
      rightSection={rightSection}
      disabled={!cursor}
      data-disabled={awaited || undefined}
      aria-disabled={awaited || undefined}
      onClick={awaited ? undefined : () => onCursor?.(cursor ?? undefined)}
    >
      {children}
    </Button>
  );
}

function toggled(selected: ReadonlySet<string>, key: string): Set<string> {
  const changed = new Set(selected);
  if (!changed.delete(key)) changed.add(key);
  return changed;
}
