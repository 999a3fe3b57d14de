import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

export interface AllowedButtonProps extends ButtonProps {
  /** Why it cannot be pressed; null when it can. */
  refusal: string | null;
  onClick: () => void;
  children: ReactNode;
}

/** A button that says why, to mouse and keyboard, when it cannot be pressed. */
export function AllowedButton({ refusal, onClick, children, ...rest }: AllowedButtonProps) {
  const button = (
    <Button
      {...rest}
      aria-disabled={refusal !== null || undefined}
      data-disabled={refusal !== null || undefined}
      onClick={(event) => {
        event.preventDefault();
        if (refusal === null) onClick();
      }}
    >
      {children}
    </Button>
  );
  return refusal === null ? button : <Tooltip label={refusal}>{button}</Tooltip>;
}
