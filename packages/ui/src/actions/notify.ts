import { notifications } from "@mantine/notifications";
import { explainError } from "../api/problem.ts";

/** Says briefly that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "petrol", withBorder: true });
}

/** Says that something was not done, and why; stays until it is closed. */
export function notifyFailure(title: string, error: unknown): void {
  notifications.show({
    title,
    message: explainError(error),
    color: "red",
    withBorder: true,
    autoClose: false,
  });
}
