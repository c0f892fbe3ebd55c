export const reasons = [
  // Two-factor flow.
  {
    file: "src/two-factor/shell/transact.ts",
    mutants: [["next === decision.next", "false"]],
    because: "This only spares a copy of the decision, which has the same content.",
  },
  {
    file: "src/two-factor/devices/matching.ts",
    mutants: [["[]", '["Stryker was here"]']],
    because: "Counters are numbers, so no text is among them.",
  },
  {
    file: "src/two-factor/devices/passing-codes.ts",
    mutants: [
      ["two?.[1]", "two[1]"],
      [
        "attempt.comparisons.find(([{ id }]) => id === device.id)?.[1]",
        "attempt.comparisons.find(([{\n  id\n}]) => id === device.id)[1]",
      ],
    ],
    because: "The callers pass only matches of compared devices, but the types cannot tell.",
  },
  {
    file: "src/two-factor/devices/told.ts",
    mutants: [["counter > lastCounter", "counter >= lastCounter"]],
    because: "A disclosed counter is never accepted, so the last accepted one is not among them.",
  },
  {
    file: "src/two-factor/",
    mutants: [
      ["body.length < MOST_CHARACTERS"],
      ["value.length > MOST_NAME_BYTES"],
      ["value.length > mostBytes", "false"],
    ],
    because: "A longer text is refused in any case; this only spares the work of looking at megabytes.",
  },
];
