import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { readCspNonce, shareCspNonce } from "../theme/csp-nonce.ts";
import { cssVariables, theme } from "../theme/theme.ts";

shareCspNonce();

export interface WebProvidersProps {
  queryClient: QueryClient;
  children: ReactNode;
}

/** Theme, colour scheme (the system's until the user chooses), notifications and the query cache. */
export function WebProviders({ queryClient, children }: WebProvidersProps) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => readCspNonce() ?? ""}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} autoClose={6_000} />
        {children}
      </QueryClientProvider>
    </MantineProvider>
  );
}
