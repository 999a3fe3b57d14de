import { createQueryClient, WebProviders } from "@carewire/ui";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createPortalRouter } from "./router.tsx";
import { takeAccessToken } from "./session/access-token.ts";
import { signIn } from "./session/session-query.ts";
import { reloadOnNewVersion } from "./shell/reload-on-new-version.ts";

const linkOver = "This link was used already, or has expired. Ask for a new one.";

/** Follows an access link, if this page was opened by one; returns what to say when it does not work any more. */
async function followLink(): Promise<string | null> {
  const token = takeAccessToken(window.location, window.history);
  if (token === null) return null;
  try {
    await signIn({ access_token: token });
    return null;
  } catch {
    return linkOver;
  }
}

reloadOnNewVersion(window, Date.now);
const notice = await followLink();
const queryClient = createQueryClient();
const router = createPortalRouter(notice);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <WebProviders queryClient={queryClient}>
      <RouterProvider router={router} />
    </WebProviders>
  </StrictMode>,
);
