import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page of another site, which shows the address behind its first slash in a frame. */
export interface FramingPage {
  url: string;
  close(): void;
}

/** Starts one at `localhost`, which to a browser is another site than 127.0.0.1. */
export async function startFramingPage(): Promise<FramingPage> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    const framed = decodeURIComponent(request.url?.slice(1) ?? "").replaceAll("&", "&amp;");
    response.end(
      `<!doctype html><title>around</title><iframe src="${framed}" width="900" height="700"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
