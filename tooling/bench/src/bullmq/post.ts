import { type Dispatcher, Pool } from "undici";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

/** POSTs through a keep-alive pool per origin. Rejects when there is no answer. */
export function createPost(): (url: URL, headers: string[], body: Buffer) => Promise<Answer> {
  const pools = new Map<string, Pool>();
  return (url, headers, body) => {
    let pool = pools.get(url.origin);
    if (!pool) {
      pool = new Pool(url.origin, { connections: 256, pipelining: 1, headersTimeout: 15_000 });
      pools.set(url.origin, pool);
    }
    const chosen = pool;
    return new Promise((resolve, reject) => {
      const answer: Answer = { status: 0, headers: {} };
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart(_controller, status, responseHeaders) {
          answer.status = status;
          answer.headers = responseHeaders;
        },
        onResponseData() {},
        onResponseEnd: () => resolve(answer),
        onResponseError: (_controller, error) => reject(error),
      };
      chosen.dispatch({ method: "POST", path: url.pathname, headers, body }, handler);
    });
  };
}
