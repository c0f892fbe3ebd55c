const MADE_ONCE =
  "The expression is made once, at its first use, so Stryker tries this only with the test that comes first. Others notice it.";

export const reasons = [
  // Two-factor flow.
  {
    file: "src/two-factor/state/",
    mutants: [
      ["most - 1", "most + 1"],
      [
        '{\n  const sealed = `\\\\{"keyId":"${KEY_ID}","text":"[!#-[\\\\]-~]{1,280}"\\\\}`;\n  const parameters = \'\\\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":[1-9][0-9]{0,4}\\\\}\';\n  const told = `(?:,"told":\\\\[${TOLD}(?:,${TOLD}){0,9}\\\\])?`;\n  const base = `"id":${ID},"parameters":${parameters},"secret":${sealed}${told}`;\n  const counts = `"since":${COUNT},"lastCounter":${orNull(COUNTER)},"failures":${COUNT},"outstandingFailures":${COUNT}`;\n  const device = `\\\\{${base},${counts},"notBefore":${COUNT}\\\\}`;\n  const pending = `\\\\{${base},"expiresAt":${COUNT},"failures":${COUNT}\\\\}`;\n  const recovery = `\\\\{"id":${ID},"key":${sealed},"hashes":${list(\'"[A-Z2-7]{52}"\', 10)}\\\\}`;\n  const withDevice = `"device":${device},"pending":${orNull(pending)},"recovery":${orNull(recovery)}`;\n  return `\\\\{"version":1,(?:${withDevice}|"device":null,"pending":${pending},"recovery":null)\\\\}`;\n}',
      ],
      ['"(?:0|[1-9][0-9]{0,9})"'],
      ['`"${PURPOSE}"`'],
      ['`\\\\{"keyId":"${KEY_ID}","text":"[!#-[\\\\]-~]{1,280}"\\\\}`'],
      ['\'\\\\{"algorithm":"SHA-(?:1|256|512)","digits":[678],"period":[1-9][0-9]{0,4}\\\\}\''],
      ['`(?:,"told":\\\\[${TOLD}(?:,${TOLD}){0,9}\\\\])?`'],
      ['`"id":${ID},"parameters":${parameters},"secret":${sealed}${told}`'],
      ['`"since":${COUNT},"lastCounter":${orNull(COUNTER)},"failures":${COUNT},"outstandingFailures":${COUNT}`'],
      ['`\\\\{${base},${counts},"notBefore":${COUNT}\\\\}`'],
      ['`\\\\{${base},"expiresAt":${COUNT},"failures":${COUNT}\\\\}`'],
      ["'\"[A-Z2-7]{52}\"'"],
      ['`\\\\{"id":${ID},"key":${sealed},"hashes":${list(\'"[A-Z2-7]{52}"\', 10)}\\\\}`'],
      ['`"device":${device},"pending":${orNull(pending)},"recovery":${orNull(recovery)}`'],
      ['`\\\\{"version":1,(?:${withDevice}|"device":null,"pending":${pending},"recovery":null)\\\\}`'],
    ],
    because: MADE_ONCE,
  },
  {
    file: "src/two-factor/state/format.ts",
    mutants: [["lastCounter === null", "false"]],
    because: "`null` is not above any number.",
  },
  {
    file: "src/two-factor/state/standing.ts",
    mutants: [["wait <= 0", "wait < 0"]],
    because: "A wait of 0 is 0 seconds in either case.",
  },
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
