import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, historyOf, moment, momentArbitrary, trackEvent } from "../testing/room-events.ts";
import { changeTrack, readTrack, type TrackState } from "./track-state.ts";

describe("a track", () => {
  test("is published and unpublished; audio and standard values are what protobuf leaves out", () => {
    const published = changeTrack(null, readTrack(trackEvent("track_published"), moment(1)), null);
    expect(published).toMatchObject({
      kind: "AUDIO",
      source: "UNKNOWN",
      status: "published",
      publishedAt: at(1),
    });
    const ended = changeTrack(published, readTrack(trackEvent("track_unpublished"), moment(5)), null);
    expect(ended).toMatchObject({ status: "unpublished", publishedAt: at(1), unpublishedAt: at(5) });
  });

  test("ends with what it belongs to, until its own end is told", () => {
    const published = readTrack(trackEvent("track_published"), moment(1));
    const concluded = changeTrack(null, published, { by: "participant", at: at(7) });
    expect(concluded).toMatchObject({ status: "unpublished", unpublishedAt: at(7), endedBy: "participant" });
    const told = changeTrack(concluded, readTrack(trackEvent("track_unpublished"), moment(6)), {
      by: "room",
      at: at(9),
    });
    expect(told).toMatchObject({ unpublishedAt: at(6), endedBy: "event", publishedAt: at(1) });
  });

  test("ends in the same state whatever order and repeats its events come in", () => {
    const event = fc.record({
      name: fc.constantFrom("track_published", "track_unpublished"),
      moment: momentArbitrary,
    });
    const owner = fc.option(
      fc.record({ by: fc.constantFrom("participant" as const, "room" as const), at: fc.constant(at(3)) }),
    );
    const run = (
      events: { name: string; moment: ReturnType<typeof moment> }[],
      ownerEnd: { by: "participant" | "room"; at: Date } | null,
    ) =>
      events.reduce<TrackState | null>(
        (state, { name, moment }) => changeTrack(state, readTrack(trackEvent(name), moment), ownerEnd),
        null,
      );
    fc.assert(
      fc.property(historyOf(event), owner, ([events, shuffled], ownerEnd) => {
        expect(run(shuffled, ownerEnd)).toEqual(run(events, ownerEnd));
      }),
    );
  });
});
