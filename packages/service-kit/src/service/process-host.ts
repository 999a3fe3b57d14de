/** The part of `process` a service's life touches; a test passes its own. */
export interface ProcessHost {
  on(event: string, listener: (argument: unknown) => void): unknown;
  off(event: string, listener: (argument: unknown) => void): unknown;
  exit(code: number): void;
  stderr: { write(text: string): unknown };
}
