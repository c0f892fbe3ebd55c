// What is mutated, and the tests that a mutant must get past: those of one process that import the
// sources. The lower floors are not mutated with the others, and SHA not with the rest of them,
// because every HMAC of every test would run through their mutants.

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
    files: /^src\/two-factor\/(?!state\/|sealing\/)/,
    tests: ["test/two-factor/*.test.ts", "test/two-factor/version-1/*.test.ts"],
    least: 95,
  },
  {
    name: "two-factor flow: stored state, sealing",
    files: /^src\/two-factor\/(state|sealing)\//,
    tests: ["test/two-factor/{state,vault,sealing,browsers}.test.ts", "test/two-factor/version-1/*.test.ts"],
    least: 95,
  },
  {
    name: "other subpaths",
    files: /^src\/(migration|qr|speakeasy|steam|vectors|stores\/(suite|conformance|memory|shared|sqlite))\b/,
    tests: [
      "test/unit/{migration,vectors}/*.test.ts",
      "test/unit/*.test.ts",
      "test/properties/{migration,speakeasy}.test.ts",
      "test/vectors/*.test.ts",
      "test/qr/{conformance,qr}.test.ts",
      "test/stores/{memory,mutants,samples,sqlite}.test.ts",
    ],
  },
];
