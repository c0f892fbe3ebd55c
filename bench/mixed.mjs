// The synchronous face in a process that uses all of it. An engine compiles a call for the shapes
// of objects that it has seen: alone, for one; in a program, for many. So each call is timed in a
// process of its own, once alone and once after all the others ran, with and without options.
//
//     node bench/mixed.mjs         a table: multiples of H, by the fastest of many short batches
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { counterAt, message, RFC_TIME, SECRET, SECRET_BYTES } from "./reference.mjs";
import { figure } from "./report.mjs";

const [ALONE, MIXED] = ["alone", "mixed"];
const WARM_UP = 5000;
const BATCHES = 300;
const CALLS = 300;
const TIMEOUT = 120_000;

async function allCalls() {
  const face = await import("halfminute/sync");
  const { generateHotp, generateTotp, importKey, resynchronizeTotp, verifyHotp, verifyTotp } = face;
  const at = new Date(RFC_TIME);
  const key = importKey(SECRET);
  const wide = { lookBehind: 5, lookAhead: 5 };
  const timed = {
    "code from base32": () => generateTotp(SECRET),
    "code from base32, options": () => generateTotp(SECRET, { digits: 6, period: 30 }),
    "code, prepared key": () => generateTotp(key),
    "code, prepared key, options": () => generateTotp(key, { at }),
    "wrong code from base32": () => verifyTotp(SECRET, "123456"),
    "wrong code from base32, options": () => verifyTotp(SECRET, "123456", { after: null, lookBehind: 1, lookAhead: 1 }),
    "wrong code, prepared key": () => verifyTotp(key, "123456"),
    "wrong code, prepared key, options": () => verifyTotp(key, "123456", { after: 5, at }),
  };
  const others = [
    () => generateTotp(SECRET, { algorithm: "SHA-256", digits: 8 }),
    () => generateTotp(SECRET_BYTES, { algorithm: "SHA-512", at, period: 60, t0: 30 }),
    () => generateHotp(SECRET, 5),
    () => generateHotp(SECRET_BYTES, 5, { digits: 7 }),
    () => verifyHotp(SECRET, "123 456", 5),
    () => verifyHotp(key, "123456", 5, { lookAhead: 5 }),
    () => resynchronizeTotp(SECRET, ["123456", "234567"], wide),
    () => face.resynchronizeHotp(key, ["123456", "234567"], 3, { lookAhead: 20 }),
    () => face.timeStep({ at, period: 60 }),
    () => face.generateSecret({ byteLength: 32 }),
    () => face.encodeBase32(SECRET_BYTES, { padding: true }),
    () => face.decodeSecret("gezd gnbv gy3t qojq"),
    () => face.decodeBase32(SECRET),
    () => face.buildOtpauthUri({ type: "totp", issuer: "A", accountName: "b", secret: SECRET }),
    () => face.parseOtpauthUri(`otpauth://totp/A:b?secret=${SECRET}&issuer=A&digits=8`),
  ];
  return { timed, others };
}

/** In a process of its own: how many times as fast as H one call is. */
async function speedOf(name, surroundings) {
  const { timed, others } = await allCalls();
  if (surroundings === MIXED) {
    const all = [...Object.values(timed), ...others];
    for (let round = 0; round < WARM_UP; round++) for (const call of all) call();
  }
  const counter = message(counterAt(RFC_TIME));
  const oneHmac = () => createHmac("sha1", SECRET_BYTES).update(counter).digest();
  const calls = [timed[name], oneHmac];
  for (let round = 0; round < WARM_UP; round++) for (const call of calls) call();
  const fastest = calls.map(() => Infinity);
  for (let batch = 0; batch < BATCHES; batch++) {
    calls.forEach((call, index) => (fastest[index] = Math.min(fastest[index], timeBatch(call))));
  }
  return fastest[1] / fastest[0];
}

function timeBatch(call) {
  const start = performance.now();
  for (let index = 0; index < CALLS; index++) call();
  return performance.now() - start;
}

const [, , name, surroundings] = process.argv;
if (name !== undefined) {
  console.log(await speedOf(name, surroundings));
} else {
  const { timed } = await allCalls();
  console.log("multiples of H".padEnd(36), ALONE.padStart(6), MIXED.padStart(6));
  for (const each of Object.keys(timed)) {
    const speeds = [ALONE, MIXED].map((where) => {
      return Number(execFileSync(process.execPath, [import.meta.filename, each, where], { timeout: TIMEOUT }));
    });
    console.log(each.padEnd(36), ...speeds.map((speed) => figure(speed).padStart(6)));
  }
}
