import { expect, it } from "vitest";
import { visibleText } from "./visible-text.ts";

it.each([
  ["plain ünïcode 漢字 🙂\n\tindented", "plain ünïcode 漢字 🙂\n\tindented"],
  ["\u001b[31mred", "\\u001b[31mred"],
  ["user\u202egpj.exe", "user\\u202egpj.exe"],
  ["a\u200bb\ufeff", "a\\u200bb\\ufeff"],
  ["line\r\nnext", "line\\u000d\nnext"],
])("%j is shown as %j", (text, shown) => expect(visibleText(text)).toBe(shown));
