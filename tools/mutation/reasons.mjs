// Why no test notices some mutants: { file, mutants: [[from, to?, times?]], because }. `file` is
// the beginning of a path, `from` and `to` are source text; without `to`, all mutants of `from`. If
// a file has several that read the same, `times` says how many.

const AT_IMPORT =
  "This runs at import time, and Stryker tries it only with a test that imports the sources again. Others notice it.";
const MADE_ONCE =
  "The expression is made once, at its first use, so Stryker tries this only with the test that comes first. Others notice it.";
const THROWS = "Without the condition this throws, and a layer that throws is wrong, as one that is not true.";
const NEVER_EXPORTED = "The key is held where nobody outside can ask to export it.";
const RETURNS_NOTHING = "A function that returns nothing returns `undefined`.";

export const reasons = [
  {
    file: "src/core/",
    mutants: [
      ["-1", "+1"],
      ["/={1,6}$/"],
      ['{ "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 }'],
      ["2 ** 53 - 1"],
      ["{ algorithm: DEFAULT_ALGORITHM, byteLength: undefined }"],
      [String.raw`/[\t\n\r -]/g`],
      [String.raw`/[\uff10-\uff19]/g`],
      [
        String.raw`/[\s\u0085\u00ad\u200b\u2060\u058a\u05be\u1400\u1806\u2010-\u2015\u2053\u207b\u208b\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d-]/g`,
      ],
    ],
    because: AT_IMPORT,
  },
  {
    file: "src/portable/keys.ts",
    mutants: [['"base32 text, a Uint8Array or a key of halfminute/sync"']],
    because: AT_IMPORT,
  },
  {
    file: "src/core/base",
    mutants: [
      ["bits >= 5", "bits > 5"],
      ["bits >= 6", "bits > 6"],
    ],
    because:
      "Bits that fill exactly one letter are then written with the next byte, or after the last one: the same letter.",
  },
  {
    file: "src/core/secret.ts",
    mutants: [["/^_?(CryptoKey|OtpKey)$/.exec(String(name))?.[1]"]],
    because: "Without a match this throws, and the `catch` below it gives the same empty text.",
  },
  {
    file: "src/core/secret.ts",
    mutants: [['typeof bytes === "string"', "true"]],
    because: "Cleaning text that needs none changes nothing; the condition only saves time.",
  },
  {
    file: "src/core/time-step.ts",
    mutants: [["{\n    return NaN;\n  }"]],
    because: "`undefined` fails the comparison with t0, as `NaN` does.",
  },
  {
    file: "src/core/utf8.ts",
    mutants: [["index < text.length", "index <= text.length"]],
    because: "After the last character there is `NaN`, which is not above 0x7f, and a typed array drops it.",
  },
  {
    file: "src/core/utf8.ts",
    mutants: [["unit > 0x7f"]],
    because: "The way for other characters also encodes ASCII, only more slowly.",
  },
  { file: "src/core/utf8.ts", mutants: [["{\n    return undefined;\n  }", "{}", 2]], because: RETURNS_NOTHING },
  {
    file: "src/core/verification.ts",
    mutants: [["[]"]],
    because: "An array of one code is refused as an empty one is.",
  },
  {
    file: "src/otpauth/label.ts",
    mutants: [["image.search(NEVER_IN_NAMES) < 0", "image.search(NEVER_IN_NAMES) <= 0"]],
    because: "Nothing is found at 0, where the `https` of the URL begins.",
  },
  {
    file: "src/otpauth/parse.ts",
    mutants: [['""', undefined, 3], ["[]"]],
    because: "Its text is not a URI or an image either, a query is never absent, and the first element is not read.",
  },
  {
    file: "src/portable/hmac.ts",
    mutants: [
      ["() => makeHash(makeCompressSha256(), SHA256_INITIAL, 16)"],
      ["() => makeHash(makeCompressSha512(), SHA512_INITIAL, 32)"],
    ],
    because: AT_IMPORT,
  },
  {
    file: "src/portable/hmac.ts",
    mutants: [["padded.length - 2", "padded.length + 2"]],
    because: "The high word of the length is 0 for every key of less than 512 MiB.",
  },
  {
    file: "src/portable/hmac.ts",
    mutants: [
      ["index < bytes.length", "index <= bytes.length"],
      ["index < others.length", "index <= others.length"],
      ["index < keyBlock.length", "index <= keyBlock.length", 2],
    ],
    because: "A typed array ignores what is written past its end, and XOR takes `undefined` for 0.",
  },
  {
    file: "src/portable/sha",
    mutants: [
      [
        `[
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]`,
      ],
      [
        `[
  0x6a09e667, 0xf3bcc908, 0xbb67ae85, 0x84caa73b, 0x3c6ef372, 0xfe94f82b, 0xa54ff53a, 0x5f1d36f1, 0x510e527f,
  0xade682d1, 0x9b05688c, 0x2b3e6c1f, 0x1f83d9ab, 0xfb41bd6b, 0x5be0cd19, 0x137e2179,
]`,
      ],
    ],
    because: AT_IMPORT,
  },
  {
    file: "src/portable/sha512.ts",
    mutants: [["t < 128"]],
    because: "Words of the schedule beyond its last are past the end of a typed array, which ignores them.",
  },
  {
    file: "src/portable/sha512.ts",
    mutants: [["halves.length < 160", "halves.length <= 160"]],
    because: "One constant too many is never read.",
  },
  {
    file: "src/migration/build.ts",
    mutants: [["[]", '["Stryker was here"]']],
    because: "Where there is no part yet, what was joined to it is not looked at.",
  },
  {
    file: "src/migration/build.ts",
    mutants: [["DIGITS.lastIndexOf(digits) < 0", "DIGITS.lastIndexOf(digits) <= 0"]],
    because: "It is never 0: the 6 at index 0 is also at index 1.",
  },
  {
    file: "src/migration/build.ts",
    mutants: [['"issuer"', '""']],
    because: "The name of the account is made first, with the issuer, and refuses a wrong one by name.",
  },
  {
    file: "src/migration/",
    mutants: [
      ["[]", '["Stryker was here"]'],
      ["bytes[1]?.at", "bytes[1].at"],
      ["lists[number]?.push", "lists[number].push"],
    ],
    because: "There is a list for each known field, also where it is empty.",
  },
  {
    file: "src/migration/parse.ts",
    mutants: [['""', '"Stryker was here!"', 3]],
    because: "Neither text is a URI or has the parameter `data`, so both are refused.",
  },
  {
    file: "src/migration/wire.ts",
    mutants: [["(rest % 128) + 128", "rest % 128 - 128"]],
    because: "They differ by 256, which is nothing in a byte.",
  },
  {
    file: "src/migration/wire.ts",
    mutants: [["LAST_KNOWN + 1", "LAST_KNOWN - 1"]],
    because: "Fields 6 and 7 are numbers; bytes there are ignored, with a list or without.",
  },
  {
    file: "src/migration/wire.ts",
    mutants: [["number > LAST_KNOWN", "false"]],
    because: "What is then kept of an unknown field is not read by anybody.",
  },
  {
    file: "src/stores/conformance.ts",
    mutants: [
      [
        "skip?.(`${name} (SKIPPED: no ${needs})`, () => Promise.resolve())",
        "skip(`${name} (SKIPPED: no ${needs})`, () => Promise.resolve())",
      ],
    ],
    because: "Without `skip`, a missing hook has been refused above.",
  },
  {
    file: "src/stores/conformance.ts",
    mutants: [["[]", '["Stryker was here"]']],
    because: "One user is too few, as none is.",
  },
  {
    file: "src/stores/memory.ts",
    mutants: [["kept", "true"]],
    because: "An entry without a record reads as none; it only stays in memory.",
  },
  {
    file: "src/stores/shared.ts",
    mutants: [["[]", '["Stryker was here"]']],
    because: "It has spaces, so it is refused as no name is.",
  },
  {
    file: "src/stores/sqlite.ts",
    mutants: [["db.open === false", "false"]],
    because: "libsql then crashes the process, which Stryker counts neither as noticed nor as survived.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [
      ['"first"', undefined, 5],
      ['"second"', undefined, 3],
      ['"third"'],
      ['"kept"'],
      ['"same"', undefined, 3],
      ['"other"', undefined, 2],
      ['"given"'],
      ['"never"'],
      ['"next"', undefined, 2],
      ['"last"'],
      ['"changed by the writer"'],
      ['"changed by the reader"'],
      ["`of id ${index}`"],
    ],
    because: "What is written in a body does not matter: each record has a revision of its own, which is compared too.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["revision.toLowerCase()", "revision.toUpperCase()"]],
    because: "A store that ignores case takes both for the stored revision.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [
      ["triesLeft-- > 0", "triesLeft-- >= 0"],
      ["step < pause"],
      ["index - WRITERS", "index + WRITERS"],
      ["index % 2 === 0", "index % 2 !== 0"],
      ["racer % 2 === 0", "racer % 2 !== 0"],
    ],
    because: "Only who comes first, how often the readers look and when a hopeless store is given up change.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["index % 2", "index * 2"]],
    because: "Then three of the four writers share a connection; both are still used.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["`the number after ${INCREMENTS} increments`"], ['"after the race"']],
    because: "The text of a failed case; that the case fails is tested.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [[String.raw`'{"b":1.0,  "a":1e2,"b":2}\n'`]],
    because: "A database that keeps JSON and not text refuses empty text, so the case fails there too.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["brokenStore?.()", "brokenStore()"]],
    because: "The case runs only with that hook.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["left", "true"]],
    because: "Without a record the next line throws, into the `catch` below.",
  },
  {
    file: "src/stores/suite/cases.ts",
    mutants: [["wins[0]?.next", "wins[0].next"]],
    because: "Without a winner the line above has thrown.",
  },
  {
    file: "src/stores/suite/contract.ts",
    mutants: [['""', '"Stryker was here!"']],
    because: "Every number that a case names is one of the contract, which a test checks.",
  },
  {
    file: "src/stores/suite/samples.ts",
    mutants: [
      ["Math.random().toString(36).slice(2, 12)", "Math.random().toString(36)"],
      ["revisions++", "revisions--"],
    ],
    because: "A revision is still different from all others, and short enough.",
  },
  {
    file: "src/stores/suite/samples.ts",
    mutants: [
      ["code < 0x800", "code <= 0x800"],
      ["code < 0x10000", "code <= 0x10000"],
    ],
    because: "Neither of these two characters is in the sample.",
  },
  {
    file: "src/steam/steam-code.ts",
    mutants: [['""', '"Stryker was here!"']],
    because: "The plan is made without a code; the number of the code is put in afterwards, over what was read here.",
  },
  {
    file: "src/speakeasy/codes.ts",
    mutants: [["Number(text) < 2 ** 31", "Number(text) <= 2 ** 31"]],
    because: "Codes are made of 31 bits, so 2^31 matches none of them.",
  },
  {
    file: "src/speakeasy/generate.ts",
    mutants: [["round < MOST_ROUNDS", "round <= MOST_ROUNDS"]],
    because:
      "A source that works needs nowhere near 100 rounds; with one that gives nothing, the call fails one round later.",
  },
  {
    file: "src/speakeasy/generate.ts",
    mutants: [
      ["text.length < wanted", "text.length <= wanted"],
      ["text.length < wanted", "true"],
    ],
    because: "The rounds that then follow draw no bytes, which only takes time.",
  },
  {
    file: "src/speakeasy/given.ts",
    mutants: [['""', '"Stryker was here!"']],
    because: "Neither text is the name of an algorithm, so both are refused.",
  },
  {
    file: "src/qr/svg.ts",
    mutants: [['unescape(text).replace(/\\W/g, "").toUpperCase()', 'unescape(text).replace(/\\W/g, "").toLowerCase()']],
    because: "Both of the compared texts get the same case, and no letters but those of ASCII are left in them.",
  },
  {
    file: "src/vectors/layers.ts",
    mutants: [
      ["found?.counter"],
      [
        "(await verifyTotp(secret, code, { ...window, after: null }))?.counter",
        "(await verifyTotp(secret, code, {\n  ...window,\n  after: null\n})).counter",
      ],
      [
        "(await verifyTotp(secret, code, { ...window, after: lower }))?.counter",
        "(await verifyTotp(secret, code, {\n  ...window,\n  after: lower\n})).counter",
      ],
      ["one === null", "false"],
      ["other === null", "false"],
    ],
    because: THROWS,
  },
  {
    file: "src/vectors/vector-conformance.ts",
    mutants: [["{\n    return false; // a layer that throws is wrong\n  }", "{}"]],
    because: "The only caller asks whether it is true, and `undefined` is not.",
  },
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
  {
    file: "src/two-factor/sealing/authentication.ts",
    mutants: [["false", "true"]],
    because: NEVER_EXPORTED,
  },
  { file: "src/two-factor/sealing/key-ring.ts", mutants: [["false", "true"]], because: NEVER_EXPORTED },
  {
    file: "src/two-factor/sealing/person.ts",
    mutants: [["false", "true", 3]],
    because: "Of a state that stays as it was, nobody asks whether it was sealed again.",
  },
  {
    file: "src/two-factor/sealing/authentication.ts",
    mutants: [["index < one.length", "index <= one.length"]],
    because: "Past the end there is `NaN` on both sides, which XOR takes for 0.",
  },
  {
    file: "src/two-factor/sealing/key-ring.ts",
    mutants: [["bytes.length % 5", "bytes.length * 5"]],
    because: "Then all of the text is encoded again instead of its last letters, which only takes longer.",
  },
  {
    file: "src/two-factor/sealing/person.ts",
    mutants: [
      ["true", "false"],
      ["before.carried.length === 0", "false"],
      ["!contents", "false"],
    ],
    because:
      "It is set by opening, before it is read; nothing carried means nothing to open; what changes a state without a vault has opened it.",
  },
  {
    file: "src/two-factor/sealing/sealer.ts",
    mutants: [["[]"]],
    because: "A list of a bad name is refused as an empty one is.",
  },
  {
    file: "src/two-factor/sealing/vault.ts",
    mutants: [["at + 3 <= bytes.length", "at + 3 < bytes.length"]],
    because: "Only an item without content would end there, and no vault has one.",
  },
  {
    file: "src/two-factor/sealing/vault.ts",
    mutants: [
      ["length === 0", "false"],
      ['""', undefined, 3],
    ],
    because: "Decoding no bytes gives an empty text as well; the other defaults are for what no vault has in it.",
  },
  {
    file: "src/two-factor/devices/enrollment.ts",
    mutants: [['""']],
    because: "How a device was begun is not read any more once it is active.",
  },
  {
    file: "src/two-factor/devices/passing-codes.ts",
    mutants: [["-1", "+1"]],
    because: "Every pair beyond those that can match will do.",
  },
  {
    file: "src/two-factor/events.ts",
    mutants: [["answer !== undefined", "true"]],
    because: "A promise of nothing never rejects; the condition only spares one.",
  },
  {
    file: "src/two-factor/guess-probability.ts",
    mutants: [["[]"]],
    because: "A list of something else is refused as an empty one is.",
  },
  {
    file: "src/two-factor/guess-probability.ts",
    mutants: [
      ["failures < limits.lockAfter", "true"],
      ["failures < limits.lockAfter", "failures <= limits.lockAfter"],
    ],
    because: "The caller takes no more than `lockAfter`; the condition only ends the loop earlier.",
  },
  {
    file: "src/two-factor/two-factor-error.ts",
    mutants: [["{\n      return false;\n    }", "{}"]],
    because: "`instanceof` takes `undefined` for false.",
  },
  {
    file: "src/two-factor/typed-code.ts",
    mutants: [['"recovery-code"', '""']],
    because: "Callers ask only whether it is a code, or neither.",
  },
];
