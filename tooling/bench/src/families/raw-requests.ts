import { randomBytes } from "node:crypto";

const bodyBytes = 1_024;

/** One request before it is put on the wire. */
export interface RawRequest {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Builds whole HTTP requests; `build` gets an id that no other request has. */
export function rawRequests(path: string, count: number, build: (id: string) => RawRequest): Buffer[] {
  const series = randomBytes(8).toString("hex");
  return Array.from({ length: count }, (_, n) => {
    const { headers, body } = build(`${series}${n}`);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head =
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join("")}` +
      `content-length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

/** The value as JSON of 1 KiB: `fill` gets a text of the length that is missing. */
export function filledJson(value: (filler: string) => object): Buffer {
  const missing = bodyBytes - JSON.stringify(value("")).length;
  return Buffer.from(JSON.stringify(value("x".repeat(Math.max(0, missing)))));
}

/** The moment in whole seconds. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
