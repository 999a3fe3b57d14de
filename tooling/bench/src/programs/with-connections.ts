import { type HttpConnection, openConnection } from "./http-connection.ts";

/** Opens connections for one load and closes them after it: a server gives up on one that stays unused. */
export async function withConnections<T>(
  url: string,
  count: number,
  load: (connections: HttpConnection[]) => Promise<T>,
): Promise<T> {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(url)));
  try {
    return await load(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}
