import type { Principal } from "@carewire/service-kit";
import type { EventStream } from "./event-stream.ts";

/** A connection that stays open, and who it is for. */
export interface OpenConnection {
  stream: EventStream;
  principal: Principal;
}

/** The connections of one kind that are open in this process. */
export interface OpenConnections {
  /** Whether one more fits; when not, why not. */
  room(organizationId: string): "free" | "organization_full" | "process_full";
  add(connection: OpenConnection): void;
  all(): Iterable<OpenConnection>;
  /** Ends all of them, and those that come later. */
  close(): void;
}

/** Builds {@link OpenConnections} that hold so many at once, and so many of one organization. */
export function createOpenConnections(limits: {
  processMax: number;
  organizationMax: number;
}): OpenConnections {
  const connections = new Set<OpenConnection>();
  let isClosed = false;
  const byOrganization = new Map<string, number>();

  function count(organizationId: string, by: number): void {
    const next = (byOrganization.get(organizationId) ?? 0) + by;
    if (next === 0) byOrganization.delete(organizationId);
    else byOrganization.set(organizationId, next);
  }

  return {
    room(organizationId) {
      if (isClosed || connections.size >= limits.processMax) return "process_full";
      const own = byOrganization.get(organizationId) ?? 0;
      return own >= limits.organizationMax ? "organization_full" : "free";
    },
    add(connection) {
      const { organizationId } = connection.principal;
      connections.add(connection);
      count(organizationId, 1);
      connection.stream.onEnd(() => {
        connections.delete(connection);
        count(organizationId, -1);
      });
      // It was opened while the service began to stop, which would wait for it.
      if (isClosed) connection.stream.end();
    },
    all: () => connections,
    close() {
      isClosed = true;
      for (const { stream } of [...connections]) stream.end();
    },
  };
}

/** Why a connection is refused, in an answer. */
export const fullProblem = (room: "organization_full" | "process_full") =>
  room === "organization_full"
    ? ({
        code: "too_many_requests",
        details: {
          detail: "This organization has as many of these connections open as it may. Close one first.",
          retryAfterSeconds: 10,
        },
      } as const)
    : ({
        code: "service_unavailable",
        details: { detail: "Too many connections are open here. Try again shortly.", retryAfterSeconds: 5 },
      } as const);
