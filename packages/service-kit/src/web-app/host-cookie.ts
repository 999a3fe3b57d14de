import type { Request, Response } from "express";

/** What {@link createHostCookie} needs. */
export interface HostCookieOptions {
  /** Without the prefix. Cookies ignore ports, so two apps on one host need two names. */
  name: string;
  /**
   * `strict`: sent with requests of the app's own pages only; `lax`: also when a link or a redirect leads here; `none`:
   * inside frames of other sites too, and then kept apart for each of them (`Partitioned`).
   */
  sameSite: "strict" | "lax" | "none";
}

/** A cookie that scripts cannot read and no other host can set. */
export interface HostCookie {
  /** Its whole name, `__Host-…`. */
  name: string;
  /** The value a request carries; null when it carries none, or several. */
  read(req: Request): string | null;
  /** Puts it on an answer; `value` must be of the signs of base64url. */
  set(res: Response, value: string, maxAgeSeconds: number): void;
  clear(res: Response): void;
}

function valuesOf(header: string, name: string): string[] {
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/**
 * A `__Host-` cookie: Secure, HttpOnly, for the whole of this host and nobody else. Browsers take it over https, and
 * from http on 127.0.0.1 and localhost (Chromium, Firefox), which is what the local stack lives on.
 */
export function createHostCookie({ name: bareName, sameSite }: HostCookieOptions): HostCookie {
  const name = `__Host-${bareName}`;
  const attributes = {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite,
    partitioned: sameSite === "none",
    encode: (value: string) => value,
  };
  return {
    name,
    read(req) {
      const values = valuesOf(req.headers.cookie ?? "", name);
      return values.length === 1 && /^[\w-]+$/.test(values[0] ?? "") ? (values[0] ?? null) : null;
    },
    set(res, value, maxAgeSeconds) {
      res.cookie(name, value, { ...attributes, maxAge: maxAgeSeconds * 1_000 });
    },
    clear(res) {
      res.clearCookie(name, attributes);
    },
  };
}
