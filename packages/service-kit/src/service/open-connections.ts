import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/** Of each server the connections, and of each of those the requests that are being answered. */
const connectionsOf = new WeakMap<Server, Map<Socket, Set<IncomingMessage>>>();

/** Remembers what the server's connections wait for; see {@link closeUnfinished}. */
export function watchConnections(server: Server): void {
  const connections = new Map<Socket, Set<IncomingMessage>>();
  connectionsOf.set(server, connections);
  server.on("connection", (socket: Socket) => {
    connections.set(socket, new Set());
    socket.once("close", () => connections.delete(socket));
  });
  server.prependListener("request", (request, response) => {
    const answering = connections.get(request.socket);
    answering?.add(request);
    response.once("close", () => answering?.delete(request));
  });
}

/** Ends the connections on which no whole request waits for its answer: what they began to ask may never end. */
export function closeUnfinished(server: Server): void {
  for (const [socket, answering] of connectionsOf.get(server) ?? []) {
    if (![...answering].some(({ complete }) => complete)) socket.destroy();
  }
}
