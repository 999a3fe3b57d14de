import { type CSSVariablesResolver, createTheme } from "@mantine/core";
import { night, petrol, red, slate } from "./colors.ts";

/** The look both web applications share: calm, dense, readable at 3 a.m. */
export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, gray: slate, dark: night, red },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.5" },
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "sm",
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "xs", checkIconPosition: "right" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } },
    },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontWeight: 620, fontSize: "0.95rem" } },
    },
    Anchor: { defaultProps: { underline: "hover" } },
  },
});

/** Tokens of our own, for both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--cw-canvas": slate[0],
    "--cw-surface": "#ffffff",
    "--cw-border": slate[2],
    "--cw-hover": slate[1],
    "--cw-accent": petrol[7],
    "--cw-accent-soft": petrol[0],
    "--cw-ok": "#17693c",
    "--cw-ok-soft": "#e3f4ea",
    "--cw-warn": "#7a4d00",
    "--cw-warn-soft": "#fdf1d8",
    "--cw-bad": red[7],
    "--cw-bad-soft": red[0],
    "--cw-info": "#2a4f96",
    "--cw-info-soft": "#e8eefb",
    "--cw-muted": slate[7],
    "--cw-muted-soft": slate[1],
    "--mantine-color-placeholder": slate[6],
    "--mantine-color-error": red[7],
  },
  dark: {
    "--cw-canvas": night[8],
    "--cw-surface": night[7],
    "--cw-border": night[5],
    "--cw-hover": night[6],
    "--cw-accent": petrol[3],
    "--cw-accent-soft": "#12343a",
    "--cw-ok": "#7fd6a2",
    "--cw-ok-soft": "#143325",
    "--cw-warn": "#f0c572",
    "--cw-warn-soft": "#3a2d10",
    "--cw-bad": "#f4a29b",
    "--cw-bad-soft": "#43201d",
    "--cw-info": "#a9c1f5",
    "--cw-info-soft": "#1d2b48",
    "--cw-muted": night[1],
    "--cw-muted-soft": night[6],
    "--mantine-color-placeholder": night[2],
    "--mantine-color-error": "#f4a29b",
  },
});
