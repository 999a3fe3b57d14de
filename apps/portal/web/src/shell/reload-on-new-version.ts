const storageKey = "carewire:reloaded-at";
const pauseMs = 30_000;

/**
 * Loads the page anew when a part of it is not there any more, because a new version was put in its place while it was
 * open. Not again and again: when that does not help, the error is shown.
 */
export function reloadOnNewVersion(target: Window, now: () => number): void {
  target.addEventListener("vite:preloadError", (event) => {
    const last = Number(target.sessionStorage.getItem(storageKey) ?? 0);
    if (now() - last < pauseMs) return;
    target.sessionStorage.setItem(storageKey, String(now()));
    event.preventDefault();
    target.location.reload();
  });
}
