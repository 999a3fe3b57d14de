import { useNetwork } from "@mantine/hooks";
import { IconPlugConnectedX } from "@tabler/icons-react";
import classes from "./app-layout.module.css";

/** Says that the browser is offline, and that what is shown may be old. */
export function OfflineBanner() {
  const { online } = useNetwork();
  return (
    <div role="status" aria-live="polite">
      {online ? null : (
        <div className={classes.offline}>
          <IconPlugConnectedX size={16} aria-hidden="true" />
          You are offline. What you see may be out of date, and nothing you do is sent.
        </div>
      )}
    </div>
  );
}
