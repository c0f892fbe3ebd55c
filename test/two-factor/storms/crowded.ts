// The storms with several processes of the operating system: on each database the same.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { size } from "../../stores/sizes.ts";
import { type Place } from "../../stores/processes.ts";
import { type Server } from "../../stores/servers.ts";
import { type Crowd, startCrowd } from "../../stores/workers/crowd.ts";
import { crashing, killing, newSeed } from "./kills.ts";
import { storms } from "./storms.ts";

const { processes, racers, guesses, crashes, timeout } = size;

/** Registers the storms. `open` is called once, before them. */
export function stormTests(open: () => Promise<Place>, rounds = size.rounds): void {
  let crowd: Crowd;
  let place: Place;
  beforeAll(async () => {
    place = await open();
    crowd = await startCrowd(processes, place.start);
  }, timeout);
  afterAll(() => crowd.stop());

  it.each(Object.entries(storms))(`${processes} processes with ${racers} each: %s`, { timeout }, (_, storm) =>
    storm({ crowd, processes, racers, rounds, guesses, store: place.store }),
  );
}

/** Registers what must hold after processes were killed, and the server too where there is one. */
export function killTests(open: () => Promise<Place>, serverOf?: () => Server, kills = size.kills): void {
  describe("kill -9", () => {
    let place: Place;
    beforeAll(async () => {
      place = await open();
    }, timeout);

    if (serverOf && crashes > 0) {
      it(`of the server, ${crashes} times: what passed never passes again, and no count is lost`, { timeout }, () =>
        crashing({ ...place, crashes, server: serverOf(), seed: newSeed() }),
      );
    }

    it(
      `in the middle of a storm, ${kills} times: what passed never passes again, and no count is lost`,
      { timeout },
      () => killing({ ...place, kills, seed: newSeed() }),
    );

    it.each(["codes", "mail", "browsers"] as const)(
      "is noticed where the store says true before it has written: %s",
      { timeout },
      async (of) => {
        const broken = { mutant: "writes at the end", of } as const;
        await expect(killing({ ...place, kills: 10, seed: newSeed(), broken })).rejects.toThrow(/expected .* to /);
      },
    );
  });
}
