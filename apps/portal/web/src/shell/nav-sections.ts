import type { Scope } from "@carewire/contracts";
import type { NavPage, NavSection } from "@carewire/ui";
import {
  IconActivity,
  IconBook2,
  IconBroadcast,
  IconKey,
  IconLink,
  IconPlayerTrackNext,
  IconRocket,
  IconSend,
  IconWebhook,
} from "@tabler/icons-react";
import type { Session } from "../session/session-context.ts";

type ScopedPage = NavPage & { scope: Scope };

const sections: { heading?: string; pages: ScopedPage[] }[] = [
  {
    pages: [
      { to: "/start", label: "Get started", icon: IconRocket, key: "s", scope: "subscriptions:read" },
      { to: "/endpoints", label: "Endpoints", icon: IconWebhook, key: "e", scope: "subscriptions:read" },
    ],
  },
  {
    heading: "Activity",
    pages: [
      { to: "/deliveries", label: "Deliveries", icon: IconSend, key: "d", scope: "deliveries:read" },
      { to: "/events", label: "Events", icon: IconActivity, key: "v", scope: "events:read" },
      { to: "/replays", label: "Replays", icon: IconPlayerTrackNext, key: "r", scope: "deliveries:read" },
      { to: "/tail", label: "Live tail", icon: IconBroadcast, key: "t", scope: "deliveries:read" },
    ],
  },
  {
    heading: "Developers",
    pages: [
      { to: "/catalog", label: "Event catalog", icon: IconBook2, key: "c", scope: "event_types:read" },
      { to: "/api-keys", label: "API keys", icon: IconKey, key: "k", scope: "api_keys:read" },
      { to: "/access-links", label: "Access links", icon: IconLink, key: "l", scope: "access_links:write" },
    ],
  },
];

/** Pages for an organization's own people, which make no sense inside another product. */
const notEmbedded = new Set(["/api-keys", "/access-links"]);

/** The navigation of a session: what it may not see is not there. */
export function navSections({ can, embedded }: Session): NavSection[] {
  return sections
    .map(({ heading, pages }) => ({
      heading,
      pages: pages
        .filter(({ scope, to }) => can(scope) && !(embedded && notEmbedded.has(to)))
        .map(({ scope: _, ...page }) => page),
    }))
    .filter(({ pages }) => pages.length > 0);
}
