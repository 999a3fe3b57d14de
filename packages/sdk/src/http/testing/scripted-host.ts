import { type Answer, type Receiver, type RecordedRequest, startReceiver } from "@carewire/testkit";
import { afterEach, beforeEach } from "vitest";
import type { CarewireApiError } from "../api-error.ts";
import type { HttpTools } from "../http-tools.ts";

/** A server that answers what a test tells it to. */
export interface ScriptedHost {
  url(): string;
  /** Answers one after the other from now on; the last one also to all that follow. */
  answerWith(...answers: (Answer | Promise<Answer>)[]): void;
  /** What arrived in this test. */
  requests(): RecordedRequest[];
  /** Resolves when so many have arrived in this test. */
  waitFor(count: number): Promise<void>;
  /** Waits that were asked for in this test, in milliseconds; none is waited for. */
  waits(): number[];
  /** Chance is always a half, and waiting takes no time. */
  tools: HttpTools;
}

/**
 * Starts a {@link ScriptedHost} for each test of the calling file: what an earlier one gave up may still arrive, and would
 * be counted, or take an answer.
 */
export function useScriptedHost(): ScriptedHost {
  let host: Receiver;
  let waits: number[] = [];
  beforeEach(async () => {
    waits = [];
    host = await startReceiver();
  });
  afterEach(() => host.close());
  return {
    url: () => host.url,
    answerWith(...answers) {
      let n = 0;
      host.answer(() => answers[Math.min(n++, answers.length - 1)] as Answer | Promise<Answer>);
    },
    requests: () => [...host.requests()],
    waitFor: async (count) => void (await host.waitFor(count)),
    waits: () => waits,
    tools: { random: () => 0.5, sleep: async (ms) => void waits.push(ms) },
  };
}

/** The error that a promise rejects with. */
export const failureOf = (promise: Promise<unknown>): Promise<CarewireApiError> =>
  promise.then(
    () => Promise.reject(new Error("it succeeded")),
    (error: CarewireApiError) => error,
  );
