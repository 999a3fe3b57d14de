import "./theme/styles.ts";

export { AllowedButton, type AllowedButtonProps } from "./actions/allowed-button.tsx";
export {
  ConfirmWithReason,
  type ConfirmWithReasonProps,
  reasonLengthMax,
} from "./actions/confirm-with-reason.tsx";
export { FailureNote } from "./actions/failure-note.tsx";
export { notifyDone, notifyFailure } from "./actions/notify.ts";
export { type Answer, call, fillPath, type Input, signedOutEvent, toQueryString } from "./api/call.ts";
export { explainError, ProblemError, type ProblemField, readProblem } from "./api/problem.ts";
export { CodeBlock, JsonView } from "./code/code-block.tsx";
export { CopyButton } from "./code/copy-button.tsx";
export { visibleText } from "./code/visible-text.ts";
export { CopyId, ShortId } from "./data/copy-id.tsx";
export { KeyValue } from "./data/key-value.tsx";
export { Sparkline } from "./data/sparkline.tsx";
export { StatGrid, StatTile } from "./data/stat-tile.tsx";
export { rowLink, searchField } from "./keyboard/focus-rows.ts";
export { useShortcuts } from "./keyboard/use-shortcuts.ts";
export { AppLayout, type NavPage, type NavSection } from "./layout/app-layout.tsx";
export { AppLink } from "./layout/app-link.tsx";
export { BrandMark } from "./layout/brand-mark.tsx";
export { ColorSchemeMenu } from "./layout/color-scheme-menu.tsx";
export { PageHeader } from "./layout/page-header.tsx";
export { Panel } from "./layout/panel.tsx";
export { createQueryClient, liveIntervalMs } from "./providers/query-client.ts";
export { WebProviders } from "./providers/web-providers.tsx";
export { StatusBadge } from "./status/status-badge.tsx";
export { type Tone, toneOf } from "./status/tone-of.ts";
export { type Column, DataTable, type ListPage, type RowSelection } from "./table/data-table.tsx";
export { EmptyState, ErrorState, type LiveQuery, Loaded, LoadingState, StaleNote } from "./table/states.tsx";
export { describeAge, describeDuration, describeLatency } from "./time/describe-age.ts";
export { describeMoment, TimeAgo } from "./time/time-ago.tsx";
export { useNow } from "./time/use-now.ts";
export { plainSearch, textSearch, withFilters } from "./url/search-params.ts";
