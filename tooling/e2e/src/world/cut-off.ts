import type { Page } from "playwright-core";

/** Runs in the page: the beginnings of texts that reach beyond the screen's right edge, and cannot be scrolled to. */
const script = `(() => {
  const scrolls = (element) =>
    element !== null && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    range.selectNodeContents(text);
    const shortened = getComputedStyle(text.parentElement).textOverflow === "ellipsis";
    const { right } = (shortened ? text.parentElement : range).getBoundingClientRect();
    if (right > innerWidth + 1 && !scrolls(text.parentElement)) found.push(text.data.slice(0, 60));
  }
  return found;
})()`;

/** What of a page's texts is cut off at the right; a page that hides its overflow is not wider than the screen. */
export const cutOff = (page: Page): Promise<string[]> => page.evaluate(script);
