import type { Request, Response } from "express";

/** A response that stays open and tells of things as they happen (`text/event-stream`, WHATWG HTML section 9.2). */
export interface EventStream {
  /** False when the reader does not keep up: nothing more should be sent until `drained`. */
  send(event: string, data: object, id?: string): boolean;
  /** Says that the connection lives. */
  beat(): void;
  /** Bytes that the reader has not taken yet. */
  waitingBytes(): number;
  /** Resolves when what was sent is on its way, or the stream is over. */
  drained(): Promise<void>;
  isOpen(): boolean;
  /** Calls back once, when the connection is closed; whoever ended it. */
  onEnd(listener: () => void): void;
  /** Ends it behind what was sent. From now on nothing more is. */
  end(): void;
}

/** So long a reader may take to read the rest of a stream that was ended. */
const lingerMs = 3_000;

/** Begins an event stream. Proxies are told not to gather what is meant to arrive at once. */
export function openEventStream(req: Request, res: Response): EventStream {
  res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    // Nothing follows: a connection that stayed would hold up a service that stops.
    connection: "close",
  });
  res.flushHeaders();
  req.socket.setNoDelay(true);
  req.socket.setTimeout(0);
  let open = true;
  let lingering: NodeJS.Timeout | null = null;
  const listeners: (() => void)[] = [];
  res.once("close", () => {
    open = false;
    if (lingering !== null) clearTimeout(lingering);
    for (const listener of listeners.splice(0)) listener();
  });
  return {
    send(event, data, id) {
      if (!open) return false;
      const head = id === undefined ? "" : `id: ${id}\n`;
      return res.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    beat() {
      if (open) res.write(": beat\n\n");
    },
    waitingBytes: () => res.writableLength,
    drained() {
      if (!open || !res.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          res.off("drain", done);
          // Or a connection that lasts for days would keep one for every time that its reader was slow.
          const place = listeners.indexOf(done);
          if (place >= 0) listeners.splice(place, 1);
          resolve();
        };
        res.once("drain", done);
        listeners.push(done);
      });
    },
    isOpen: () => open,
    onEnd(listener) {
      if (res.closed) listener();
      else listeners.push(listener);
    },
    end() {
      if (!open) return;
      // Not only once it is closed: what is written after the end is an error that nobody handles.
      open = false;
      res.end();
      lingering = setTimeout(() => res.destroy(), lingerMs);
    },
  };
}
