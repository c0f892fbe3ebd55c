// What is mutated, and the tests that a mutant must get past: those of one process that import the
// sources. The lower floors are not mutated with the others, and SHA not with the rest of them,
// because every HMAC of every test would run through their mutants.

/** In no area: lists of exports, the command line, and stores that need a server of their own. */
export const LEFT_OUT = /^src\/(index|sync|cli\/.*|stores\/(d1|mysql|mysql-durability|postgres|redis))\.ts$/;

export const areas = [
  {
    name: "core, otpauth, both faces",
    files: /^src\/(core|otpauth|webcrypto|portable\/(keys|hotp|totp))\b/,
    tests: [
      "test/faces.test.ts",
      "test/unit/{core,otpauth,webcrypto}/*.test.ts",
      "test/unit/portable/keys.test.ts",
      "test/unit/vectors/*.test.ts",
      "test/properties/{codes,faces,texts,writers}.test.ts",
    ],
    least: 92,
  },
  {
    name: "SHA and HMAC",
    files: /^src\/portable\/(sha|hmac)/,
    tests: ["test/unit/portable/*.test.ts"],
    least: 92,
  },
  {
    name: "two-factor flow: decisions",
    files: /^src\/two-factor\/(?!state\/(?!standing)|sealing\/)/,
    tests: ["test/two-factor/*.test.ts", "test/two-factor/version-1/*.test.ts"],
    least: 95,
  },
  {
    name: "two-factor flow: stored state, sealing",
    files: /^src\/two-factor\/(state\/(?!standing)|sealing\/)/,
    // Not those that play many operations through, which take long.
    tests: ["test/two-factor/!(clocks|faults|guessing|hints|model).test.ts", "test/two-factor/version-1/*.test.ts"],
    least: 95,
  },
  {
    name: "migration",
    files: /^src\/migration\//,
    tests: ["test/unit/migration/*.test.ts", "test/properties/migration.test.ts"],
  },
  { name: "qr", files: /^src\/qr\//, tests: ["test/qr/{conformance,qr}.test.ts"] },
  {
    name: "speakeasy",
    files: /^src\/speakeasy\//,
    tests: ["test/unit/speakeasy*.test.ts", "test/properties/speakeasy.test.ts"],
  },
  { name: "steam", files: /^src\/steam\//, tests: ["test/unit/steam.test.ts"] },
  {
    name: "stores and their suite",
    files: /^src\/stores\/(suite|conformance|memory|shared|sqlite)\b/,
    tests: ["test/stores/{checks,memory,mutants,samples,sqlite}.test.ts"],
  },
  {
    name: "vectors",
    files: /^src\/vectors\//,
    tests: ["test/unit/vectors/*.test.ts", "test/vectors/*.test.ts"],
  },
];
