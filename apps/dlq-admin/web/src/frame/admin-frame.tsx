import { AppLayout, type NavSection } from "@carewire/ui";
import {
  IconArrowBarToDown,
  IconCpu,
  IconGauge,
  IconListCheck,
  IconMailX,
  IconPlugConnected,
  IconSend,
  IconShieldCheck,
} from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { UserMenu } from "../session/user-menu.tsx";
import { DepthBadge } from "./depth-badge.tsx";

const sections: NavSection[] = [
  {
    pages: [
      { to: "/", label: "Overview", icon: IconGauge, key: "o" },
      { to: "/dead-letters", label: "Dead letters", icon: IconMailX, key: "d", end: <DepthBadge /> },
      { to: "/bulk-jobs", label: "Bulk jobs", icon: IconListCheck, key: "b" },
    ],
  },
  {
    heading: "Traffic",
    pages: [
      { to: "/inbound", label: "Inbound requests", icon: IconArrowBarToDown, key: "i" },
      { to: "/deliveries", label: "Deliveries", icon: IconSend, key: "e" },
      { to: "/subscriptions", label: "Subscriptions", icon: IconPlugConnected, key: "s" },
      { to: "/consumers", label: "Consumers", icon: IconCpu, key: "c" },
    ],
  },
  {
    heading: "Accountability",
    pages: [{ to: "/audit", label: "Audit log", icon: IconShieldCheck, key: "a" }],
  },
];

/** The frame of every page. */
export function AdminFrame() {
  return (
    <AppLayout product="Operations" sections={sections} footer={<UserMenu />}>
      <Outlet />
    </AppLayout>
  );
}
