import { connect, type Socket } from "node:net";

/** One keep-alive connection that sends prepared requests, one at a time. */
export interface HttpConnection {
  /** Resolves with the status. Rejects when the connection breaks. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/**
 * Opens a connection. Requests go out as they are and answers are read just far enough to find their end: the load
 * generator shares the processors with what it measures.
 */
export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return readAnswers(socket);
}

function readAnswers(socket: Socket): HttpConnection {
  let text = "";
  let waiting: { resolve(status: number): void; reject(error: Error): void } | null = null;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    const status = takeAnswer(text);
    if (status === null) return;
    text = "";
    waiting?.resolve(status);
  });
  const broken = (error?: Error) => waiting?.reject(error ?? new Error("the connection was closed"));
  socket.on("error", broken);
  socket.on("close", () => broken());
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** The status of a complete answer with a content-length; null while some of it is missing. */
function takeAnswer(text: string): number | null {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? "0";
  return text.length >= headEnd + 4 + Number(length) ? Number(text.slice(9, 12)) : null;
}
