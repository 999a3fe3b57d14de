import { createQueryClient, WebProviders } from "@carewire/ui";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createPortalRouter } from "./router.tsx";
import { takeAccessToken } from "./session/access-token.ts";
import { followLink } from "./session/follow-link.ts";
import { reloadOnNewVersion } from "./shell/reload-on-new-version.ts";
import { Waiting } from "./shell/waiting.tsx";

reloadOnNewVersion(window, Date.now);
const queryClient = createQueryClient();
const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no #root");
const root = createRoot(element);
const show = (page: ReactNode) =>
  root.render(
    <StrictMode>
      <WebProviders queryClient={queryClient}>{page}</WebProviders>
    </StrictMode>,
  );

const token = takeAccessToken(window.location, window.history);
if (token !== null) show(<Waiting />);
const notice = token === null ? null : await followLink(token);
show(<RouterProvider router={createPortalRouter(notice)} />);
