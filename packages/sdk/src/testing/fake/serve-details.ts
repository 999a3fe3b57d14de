/** A resource that `fetchDetails` finds. */
interface Resource {
  etag: string;
  body: string;
}

/** One read of a resource. */
export interface DetailsRead {
  kind: string;
  id: string;
  status: number;
  /** What the reader said led it there. */
  delivery: string | null;
}

/** The part of a fake Carewire that serves what thin deliveries name. */
export interface DetailsHost {
  /** Puts a resource in place, or a newer version of it. */
  setResource(kind: string, id: string, body: object): void;
  removeResource(kind: string, id: string): void;
  reads(): readonly DetailsRead[];
  /** Answers a request as the API does. */
  answer(request: Request): Response;
}

const paths: readonly (readonly [RegExp, string | null])[] = [
  [/^\/dr\/v1\/(?:business\/appointments|appointment)\/([^/]+)$/, "appointment"],
  [/^\/dr\/v1\/(?:business\/)?prescription\/([^/]+)$/, "prescription"],
  [/^\/v1\/resources\/([^/]+)\/([^/]+)$/, null],
];

const readsMax = 10_000;

const problem = (status: number, code: string, detail: string): Response =>
  new Response(
    JSON.stringify({ type: "about:blank", title: code, status, detail, code, request_id: "req_fake" }),
    {
      status,
      headers: { "content-type": "application/problem+json" },
    },
  );

/** Makes a {@link DetailsHost} that wants `apiKey`. */
export function createDetailsHost(apiKey: string): DetailsHost {
  const resources = new Map<string, Resource>();
  const reads: DetailsRead[] = [];
  let versions = 0;

  function read(kind: string, id: string, request: Request): Response {
    const resource = resources.get(`${kind}/${id}`);
    const isUnchanged = resource !== undefined && request.headers.get("if-none-match") === resource.etag;
    const status = resource === undefined ? 404 : isUnchanged ? 304 : 200;
    reads.push({ kind, id, status, delivery: request.headers.get("carewire-delivery") });
    if (reads.length > readsMax) reads.shift();
    if (resource === undefined)
      return problem(404, "not_found", "There is no such resource, or it is not yours.");
    const headers = { etag: resource.etag, "cache-control": "private, no-cache" };
    if (isUnchanged) return new Response(null, { status, headers });
    return new Response(resource.body, { headers: { ...headers, "content-type": "application/json" } });
  }

  return {
    setResource(kind, id, body) {
      resources.set(`${kind}/${id}`, { etag: `"${++versions}"`, body: JSON.stringify(body) });
    },
    removeResource: (kind, id) => void resources.delete(`${kind}/${id}`),
    reads: () => reads,
    answer(request) {
      if (request.headers.get("authorization") !== `Bearer ${apiKey}`) {
        return problem(401, "unauthenticated", "Send the fake's `apiKey` as Authorization: Bearer.");
      }
      const { pathname } = new URL(request.url);
      for (const [pattern, kind] of paths) {
        const [first, second = ""] = pattern.exec(pathname)?.slice(1).map(decodeURIComponent) ?? [];
        if (first !== undefined && request.method === "GET") {
          return kind === null ? read(first, second, request) : read(kind, first, request);
        }
      }
      return problem(404, "not_found", "The fake serves fetch details only.");
    },
  };
}
