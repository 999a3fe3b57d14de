import type { MantineColorsTuple } from "@mantine/core";

/** The accent: petrol, deep enough that white text on shade 6 and 7 meets WCAG AA. */
export const petrol: MantineColorsTuple = [
  "#e8f5f5",
  "#d0e9ea",
  "#a3d4d7",
  "#74bec3",
  "#4cabb1",
  "#2d949c",
  "#14767e",
  "#0f636a",
  "#0b5056",
  "#063c41",
];

/** Slate instead of neutral gray; shade 6 is what dimmed text uses and has 5.5:1 on white. */
export const slate: MantineColorsTuple = [
  "#f6f8fa",
  "#eef1f4",
  "#e2e7ec",
  "#d2d9e0",
  "#b5bfca",
  "#8d9aa8",
  "#596878",
  "#455362",
  "#313d4a",
  "#1c2630",
];

/** Surfaces and text of the dark scheme, from text to deepest background. */
export const night: MantineColorsTuple = [
  "#dbe2e8",
  "#bcc6d0",
  "#9aa7b4",
  "#6f7d8b",
  "#3b4855",
  "#2c3641",
  "#212a33",
  "#161d24",
  "#10161c",
  "#0a0f14",
];

export const red: MantineColorsTuple = [
  "#fdefee",
  "#f9d9d6",
  "#f2b3ad",
  "#ec8a82",
  "#e5675d",
  "#d94a3f",
  "#c2362b",
  "#a62a20",
  "#892118",
  "#6b170f",
];
