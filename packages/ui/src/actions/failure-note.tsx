import { Alert } from "@mantine/core";
import { explainError } from "../api/problem.ts";

/** Why something was not done, where somebody tried to do it; nothing while nothing failed. */
export function FailureNote({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <Alert color="red" role="alert">
      {explainError(error)}
    </Alert>
  );
}
