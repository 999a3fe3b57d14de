import { readFileSync } from "node:fs";

/** A fenced block of the guide. */
export interface GuideBlock {
  language: string;
  /** The heading it stands under. */
  heading: string;
  code: string;
}

/** The code blocks of docs/consuming-webhooks.md, in their order. */
export function readGuideBlocks(): GuideBlock[] {
  const guide = readFileSync(new URL("../../../../../docs/consuming-webhooks.md", import.meta.url), "utf8");
  const blocks: GuideBlock[] = [];
  let heading = "";
  for (const match of guide.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, title, language, code] = match;
    if (title !== undefined) heading = title;
    if (language !== undefined && code !== undefined) blocks.push({ language, heading, code });
  }
  return blocks;
}
