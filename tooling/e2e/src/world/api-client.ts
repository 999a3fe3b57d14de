/** An answer of the API, or `null` when the connection broke before there was one. */
export type Answer<Body> = { status: number; headers: Headers; body: Body } | null;

export interface ApiClient {
  /** The body of a 2xx answer; throws on any other. */
  get<Body>(path: string): Promise<Body>;
  /** The body of a 2xx answer; throws on any other. */
  post<Body>(path: string, body: object): Promise<Body>;
  /** The body of a 2xx answer; throws on any other. */
  put<Body>(path: string, body: object): Promise<Body>;
  /** Whatever is answered. */
  tryPost<Body>(path: string, body: object): Promise<Answer<Body>>;
}

const timeoutMs = 15_000;

/** Calls subscriptions-api at `url` as the holder of `key`. */
export function createApiClient({ url, key }: { url: string; key: string }): ApiClient {
  async function send<Body>(method: string, path: string, body?: object): Promise<Answer<Body>> {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (body) headers["content-type"] = "application/json";
    const init = { method, headers, body: body && JSON.stringify(body) };
    try {
      const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
    } catch {
      return null;
    }
  }

  async function expectOk<Body>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await send<Body>(method, path, body);
    if (answer && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer ? JSON.stringify(answer.body) : "the connection broke"}`);
  }

  return {
    get: (path) => expectOk("GET", path),
    post: (path, body) => expectOk("POST", path, body),
    put: (path, body) => expectOk("PUT", path, body),
    tryPost: (path, body) => send("POST", path, body),
  };
}
