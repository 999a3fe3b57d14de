import type { Scope } from "@carewire/contracts";
import { AllowedButton } from "@carewire/ui";
import type { ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";
import { scopeWords } from "./scope-words.ts";
import { useSession } from "./session-context.ts";

export interface ScopedButtonProps extends ButtonProps {
  /** What the session must be allowed to do; without it the button says so instead of failing. */
  scope: Scope;
  /** Why it makes no sense right now. */
  refusal?: string | null;
  onClick: () => void;
  children: ReactNode;
}

/** A button for something not everybody may do. */
export function ScopedButton({ scope, refusal = null, ...rest }: ScopedButtonProps) {
  const { can } = useSession();
  const lacking = can(scope) ? null : `Your access does not include “${scopeWords(scope)}”.`;
  return <AllowedButton {...rest} refusal={lacking ?? refusal} />;
}
