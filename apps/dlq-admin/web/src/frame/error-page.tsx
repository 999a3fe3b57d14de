import { EmptyState, ErrorState, PageHeader } from "@carewire/ui";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";

/** A page that broke; the others go on. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}

/** An address that leads nowhere. */
export function UnknownPage() {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState title="This address leads nowhere" action={<Link to="/">Go to the overview</Link>}>
        It may be mistyped, or from another version.
      </EmptyState>
    </>
  );
}
