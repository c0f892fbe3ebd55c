// Events: told after the commit, and heard without consequences.
import { expect, it } from "vitest";

import { codeOfRefusal, World } from "./world.ts";

it("a handler that throws, rejects, hangs or meddles changes nothing", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  process.on("unhandledRejection", note);
  try {
    const handlers: Record<string, (event: object) => unknown> = {
      throws: () => {
        throw new Error("handler");
      },
      rejects: () => Promise.reject(new Error("handler")),
      hangs: () => new Promise(() => undefined),
      thenable: () => ({
        then: () => {
          throw new Error("handler");
        },
      }),
      meddles: (event) => {
        "use strict";
        Object.assign(event, { type: "passed" });
      },
    };
    for (const [name, onEvent] of Object.entries(handlers)) {
      const world = new World({ onEvent });
      await world.enrolled();
      expect(await codeOfRefusal(world.twoFactor.verify("alice", world.wrongCode())), name).toBe("code-rejected");
      expect(await world.twoFactor.verify("alice", world.code())).toEqual({
        method: "code",
        at: new Date(world.now),
        deviceId: world.deviceId,
        recoveryCodesLeft: 10,
      });
      expect(world.state()).toMatchObject({ failures: 0, devices: [{ lastCounter: world.counter }] });
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});

it("an event is told after its record was committed, and before the answer", async () => {
  const world = await new World().enrolled();
  const order: string[] = [];
  const twoFactor = world.another({
    onEvent: ({ type }) => order.push(`${type} at ${world.device().lastCounter ?? ""}`),
  });
  const passed = twoFactor.verify("alice", world.code()).then(() => order.push("answer"));
  await passed;
  expect(order).toEqual([`passed at ${world.counter}`, "answer"]);
});

it("an event cannot be changed by who hears it first", async () => {
  const world = await new World().enrolled();
  await world.twoFactor.verify("alice", world.code());
  for (const event of world.events) expect(Object.isFrozen(event)).toBe(true);
});

it("no event is told of what was not committed", async () => {
  const world = await new World().enrolled();
  const lost = { ...world.store, compareAndSet: () => Promise.resolve(false) };
  const twoFactor = world.another({ store: lost, policy: { raceRetries: 1 } });
  expect(await codeOfRefusal(twoFactor.verify("alice", world.code()))).toBe("busy");
  expect(await codeOfRefusal(twoFactor.verify("alice", world.wrongCode()))).toBe("busy");
  expect(world.events).toEqual([]);
});
