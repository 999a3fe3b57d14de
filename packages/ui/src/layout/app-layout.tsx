import { AppShell, Burger, Group, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type ComponentType, type ReactNode, useMemo } from "react";
import { focusRow, focusSearch } from "../keyboard/focus-rows.ts";
import { ShortcutHelp, type ShortcutLine } from "../keyboard/shortcut-help.tsx";
import { useShortcuts } from "../keyboard/use-shortcuts.ts";
import classes from "./app-layout.module.css";
import { AppLink } from "./app-link.tsx";
import { BrandMark } from "./brand-mark.tsx";
import { OfflineBanner } from "./offline-banner.tsx";

/** A page of the navigation. */
export interface NavPage {
  to: string;
  label: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** The key that leads here after `g`. */
  key?: string;
  /** Shown behind the label, such as a count. */
  end?: ReactNode;
}

/** Pages that belong together, under a heading if they have one. */
export interface NavSection {
  heading?: string;
  pages: NavPage[];
}

export interface AppLayoutProps {
  /** Below the name: which of the applications this is. */
  product: string;
  sections: NavSection[];
  /** At the foot of the navigation: who is signed in. Closes nothing by itself. */
  footer: ReactNode;
  children: ReactNode;
}

const ownShortcuts: ShortcutLine[] = [
  { keys: "/", does: "Search or filter" },
  { keys: "j", does: "Next row" },
  { keys: "k", does: "Previous row" },
  { keys: "Enter", does: "Open the row" },
  { keys: "?", does: "This help" },
];

/** The frame around every page: navigation (behind a burger on narrow screens), offline banner, keyboard. */
export function AppLayout({ product, sections, footer, children }: AppLayoutProps) {
  const [menuOpened, menu] = useDisclosure(false);
  const [helpOpened, help] = useDisclosure(false);
  const lines = useLayoutShortcuts(sections, help.open);
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 228, breakpoint: "sm", collapsed: { mobile: !menuOpened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a className="cw-skip" href="#main">
        Skip to the content
      </a>
      <AppShell.Header className={classes.header} hiddenFrom="sm">
        <NarrowHeader product={product} isOpen={menuOpened} onToggle={menu.toggle} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} p="sm" aria-label="Pages">
        <AppShell.Section grow component={ScrollArea} type="auto">
          <AppLink to="/" className={classes.brand} onClick={menu.close}>
            <BrandMark />
            <span className={classes.brandName}>
              Carewire
              <span className={classes.brandProduct}>{product}</span>
            </span>
          </AppLink>
          {sections.map((section) => (
            <Section key={section.heading ?? "first"} section={section} onOpen={menu.close} />
          ))}
        </AppShell.Section>
        <AppShell.Section>{footer}</AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="main" tabIndex={-1}>
        <div className={classes.content}>
          <OfflineBanner />
          {children}
        </div>
      </AppShell.Main>
      <ShortcutHelp opened={helpOpened} onClose={help.close} lines={lines} />
    </AppShell>
  );
}

/** Makes the keys of every page and of this layout work; returns the help's lines about them. */
function useLayoutShortcuts(sections: NavSection[], openHelp: () => void): ShortcutLine[] {
  const navigate = useNavigate();
  const keyed = useMemo(
    () => sections.flatMap(({ pages }) => pages).filter(({ key }) => key !== undefined),
    [sections],
  );
  const shortcuts = useMemo(
    () => ({
      "/": focusSearch,
      j: () => focusRow(1),
      k: () => focusRow(-1),
      "?": openHelp,
      ...Object.fromEntries(keyed.map(({ key, to }) => [`g ${key}`, () => void navigate({ to: to as "." })])),
    }),
    [keyed, navigate, openHelp],
  );
  useShortcuts(shortcuts);
  return [...ownShortcuts, ...keyed.map(({ key, label }) => ({ keys: `g ${key}`, does: label }))];
}

interface NarrowHeaderProps {
  product: string;
  isOpen: boolean;
  onToggle: () => void;
}

function NarrowHeader({ product, isOpen, onToggle }: NarrowHeaderProps) {
  return (
    <Group h="100%" px="sm" gap="sm">
      <Burger
        opened={isOpen}
        onClick={onToggle}
        size="sm"
        aria-label={isOpen ? "Close the navigation" : "Open the navigation"}
        aria-expanded={isOpen}
      />
      <BrandMark size={24} />
      <span className={classes.brandName}>{product}</span>
    </Group>
  );
}

function Section({ section, onOpen }: { section: NavSection; onOpen: () => void }) {
  return (
    <div>
      {section.heading ? <div className={classes.section}>{section.heading}</div> : null}
      {section.pages.map(({ to, label, icon: Icon, end }) => (
        <AppLink
          key={to}
          to={to}
          className={classes.link}
          onClick={onOpen}
          activeOptions={{ exact: to === "/", includeSearch: false }}
        >
          <Icon size={17} stroke={1.7} />
          {label}
          {end === undefined ? null : <span className={classes.linkEnd}>{end}</span>}
        </AppLink>
      ))}
    </div>
  );
}
