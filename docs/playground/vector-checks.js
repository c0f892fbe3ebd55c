// What must hold for a row of each kind of vector file, through the public functions of one face, and for what these do not show
// (a MAC, the number that it is truncated to) through the inner ones that they are made of.
import { parseOtpauthUri, buildOtpauthUri, decodeBase32, encodeBase32, OtpError } from "halfminute";
import { generateSteamCode, verifySteamCode } from "halfminute/steam";

const LEAST_SECRET_BYTES = 10; // to verify with

const CHECKS = {
  codes: codeParts,
  truncation: truncationParts,
  hmac: hmacParts,
  base32: base32Parts,
  "base32-refused": refusedBase32Parts,
  "window-collisions": collisionParts,
  steam: steamParts,
  secrets: secretParts,
  "secrets-refused": refusedSecretParts,
  "otpauth-valid": uriParts,
  "otpauth-refused": refusedUriParts,
};

/** Checks one row: `{ isRight, wrong }`, where `wrong` names the parts that are not right. */
export async function checkRow(schema, row, face) {
  const kind = /^\.\/schema\/([\w-]+)\.schema\.json$/.exec(schema)?.[1];
  if (!Object.hasOwn(CHECKS, kind)) return { isRight: false, wrong: ["no check for this kind"] };
  const wrong = [];
  for (const [part, holds] of Object.entries(CHECKS[kind](row, face))) if (!(await isTrue(holds))) wrong.push(part);
  return { isRight: wrong.length === 0, wrong };
}

async function isTrue(holds) {
  try {
    return (await holds()) === true;
  } catch {
    return false; // a vector is never refused where it should be accepted
  }
}

function codeParts({ key, algorithm, digits, counter, code, mac, truncated, time }, face) {
  const { otp, inner } = face;
  const secret = fromHex(key);
  const shape = { algorithm, digits };
  const moment = time && { period: time.period, t0: time.t0, at: new Date(time.seconds * 1000) };
  const exactly = { lookBehind: 0, lookAhead: 0 };
  return {
    code: async () => (await otp.generateHotp(secret, counter, shape)) === code,
    verify: () => verifies(secret, counter, () => otp.verifyHotp(secret, code, counter, shape)),
    ...(moment && {
      step: () => otp.timeStep(moment).counter === counter,
      "code by time": async () => (await otp.generateTotp(secret, { ...shape, ...moment })) === code,
      "verify by time": () =>
        verifies(secret, counter, () => otp.verifyTotp(secret, code, { ...shape, ...moment, ...exactly })),
    }),
    ...(mac !== undefined && { mac: async () => toHex(await inner.macOf(secret, algorithm, counter)) === mac }),
    ...(truncated !== undefined && {
      truncated: async () => inner.truncate(await inner.macOf(secret, algorithm, counter)) === truncated,
    }),
  };
}

/** A match at that very counter; with a secret that is too short to verify with, the refusal. */
async function verifies(secret, counter, verify) {
  if (secret.length < LEAST_SECRET_BYTES) return (await refusal(verify)) === "secret-too-short";
  return isSame(await verify(), { counter, delta: 0 });
}

function truncationParts({ mac, offset, truncated, digits, code }, { inner }) {
  const bytes = fromHex(mac);
  return {
    offset: () => bytes.at(-1) % 16 === offset,
    truncated: () => inner.truncate(new DataView(bytes.buffer)) === truncated,
    code: () => lastDigits(inner.truncate(new DataView(bytes.buffer)), digits) === code,
  };
}

function hmacParts({ algorithm, key, data, mac }, { inner }) {
  return { mac: async () => toHex(await inner.hmac(fromHex(key), algorithm, fromHex(data))) === mac };
}

function base32Parts({ bytes, padded, unpadded }) {
  return {
    encode: () => encodeBase32(fromHex(bytes)) === unpadded,
    "encode padded": () => encodeBase32(fromHex(bytes), { padding: true }) === padded,
    decode: () => toHex(viewOf(decodeBase32(unpadded))) === bytes,
    "decode padded": () => toHex(viewOf(decodeBase32(padded))) === bytes,
  };
}

function refusedBase32Parts({ text }) {
  return { refused: async () => (await refusal(() => decodeBase32(text))) === "invalid-base32" };
}

/** Of two counters of one window with the same code the higher one must be found, and `after` that one, nothing. */
function collisionParts({ key, algorithm, digits, period, counters, code }, { otp }) {
  const secret = fromHex(key);
  const [lower, higher] = counters;
  const shape = { algorithm, digits };
  const options = { ...shape, period, at: new Date(lower * period * 1000), lookAhead: higher - lower };
  const found = async (after) => (await otp.verifyTotp(secret, code, { ...options, after }))?.counter;
  return {
    "lower code": async () => (await otp.generateHotp(secret, lower, shape)) === code,
    "higher code": async () => (await otp.generateHotp(secret, higher, shape)) === code,
    highest: async () => (await found(null)) === higher,
    after: async () => (await found(lower)) === higher && (await found(higher)) === undefined,
  };
}

/** Steam's codes have one implementation, whichever face is chosen. */
function steamParts({ key, seconds, counter, code }, { otp }) {
  const secret = fromHex(key);
  const at = new Date(seconds * 1000);
  return {
    step: () => otp.timeStep({ at }).counter === counter,
    code: () => generateSteamCode(secret, { at }) === code,
    verify: () => verifies(secret, counter, () => verifySteamCode(secret, code, { at, lookBehind: 0, lookAhead: 0 })),
  };
}

function secretParts({ text, key, seconds, code }, { otp }) {
  return {
    bytes: () => toHex(viewOf(otp.decodeSecret(text))) === key,
    code: async () => (await otp.generateTotp(text, { at: new Date(seconds * 1000) })) === code,
  };
}

function refusedSecretParts({ text, code }, { otp }) {
  return {
    read: async () => (await refusal(() => otp.decodeSecret(text))) === code,
    code: async () => (await refusal(() => otp.generateTotp(text))) === code,
  };
}

function uriParts({ uri, account }) {
  return { parse: () => isSame(parseOtpauthUri(uri), account), "round trip": () => comesBack(account) };
}

/** Some readable names are never written: a colon in one, or one that is blank. These must be refused. */
async function comesBack(account) {
  const names = [account.accountName, account.issuer ?? "none"];
  const isWritable = names.every((name) => name.trim() !== "" && !name.includes(":"));
  if (!isWritable) return (await refusal(() => buildOtpauthUri(account))) === "invalid-account";
  return isSame(parseOtpauthUri(buildOtpauthUri(account)), account);
}

function refusedUriParts({ uri, code }) {
  return { refused: async () => (await refusal(() => parseOtpauthUri(uri))) === code };
}

/** The code of the OtpError with which something is refused; undefined if it is not. */
async function refusal(attempt) {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof OtpError) return error.code;
    throw error;
  }
}

/** Whether two plain values are the same, in whatever order their fields are. */
function isSame(one, other) {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}

function lastDigits(number, digits) {
  return String(number % 10 ** digits).padStart(digits, "0");
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toHex(view) {
  const bytes = Array.from({ length: view.byteLength }, (_, index) => view.getUint8(index));
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
