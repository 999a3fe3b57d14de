import { Button, Skeleton, Stack } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconInbox, IconLock } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { explainError, ProblemError } from "../api/problem.ts";
import classes from "./data-table.module.css";

export interface EmptyStateProps {
  title: string;
  /** What would fill it, or what to do. */
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing is there, and that is no mistake. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      <IconInbox size={26} stroke={1.4} aria-hidden="true" />
      <span className={classes.stateTitle}>{title}</span>
      {children === undefined ? null : <p>{children}</p>}
      {action}
    </div>
  );
}

export interface ErrorStateProps {
  error: unknown;
  onRetry: () => void;
}

/** Something could not be read: why, and a way to try again. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const { title, Icon } = headOf(error);
  const requestId = error instanceof ProblemError ? error.requestId : null;
  return (
    <div className={classes.state} role="alert">
      <Icon size={26} stroke={1.4} aria-hidden="true" />
      <span className={classes.stateTitle}>{title}</span>
      <p>{explainError(error)}</p>
      {requestId === null ? null : <p className="cw-mono">Request {requestId}</p>}
      <Button variant="default" mt="xs" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

function headOf(error: unknown) {
  const status = error instanceof ProblemError ? error.status : -1;
  if (status === 0) return { title: "No connection", Icon: IconCloudOff };
  if (status === 403) return { title: "Not for your role", Icon: IconLock };
  if (status === 404) return { title: "Not found", Icon: IconInbox };
  return { title: "This could not be loaded", Icon: IconAlertTriangle };
}

/** A placeholder of the height the content will have. */
export function LoadingState({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={16} width={`${92 - ((index * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}

/** What a query hook returns, as far as the states of a page need it. */
export interface LiveQuery<Data> {
  data: Data | undefined;
  error: unknown;
  isPending: boolean;
  isFetching: boolean;
  /** The data is another query's, shown until its own is there. */
  isPlaceholderData: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

export interface LoadedProps<Data> {
  query: LiveQuery<Data>;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** Loading, an error, or the data; data that could not be refreshed stays, and says that it is old. */
export function Loaded<Data>({ query, rows, children }: LoadedProps<Data>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error ? <StaleNote query={query} /> : null}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <ErrorState error={query.error} onRetry={() => query.refetch()} />;
  return <LoadingState rows={rows} />;
}

/** Over data that is shown although refreshing it failed. */
export function StaleNote({ query }: { query: LiveQuery<unknown> }) {
  return (
    <div className={classes.stale} role="status">
      <span>
        Could not refresh. This is from {new Date(query.dataUpdatedAt).toLocaleTimeString("en-GB")}.{" "}
        {explainError(query.error)}
      </span>
      <Button variant="default" onClick={() => query.refetch()} loading={query.isFetching}>
        Refresh
      </Button>
    </div>
  );
}
