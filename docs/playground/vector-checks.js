// What must hold for a row of each kind of vector file, through the public functions of one face. A part that these do not show
// (a MAC, the number that it is truncated to) is checked where WebCrypto lets the page see it, and otherwise not claimed.
import { parseOtpauthUri, buildOtpauthUri, decodeBase32, encodeBase32, OtpError } from "halfminute";
import { generateSteamCode, verifySteamCode } from "halfminute/steam";

const LEAST_SECRET_BYTES = 10; // to verify with
const ALGORITHM_OF_LENGTH = { 20: "SHA-1", 32: "SHA-256", 64: "SHA-512" };

const CHECKS = {
  codes: codeParts,
  truncation: truncationParts,
  hmac: hmacParts,
  base32: base32Parts,
  "base32-refused": refusedBase32Parts,
  "window-collisions": collisionParts,
  steam: steamParts,
  "otpauth-valid": uriParts,
  "otpauth-refused": refusedUriParts,
};

/** Checks one row: `{ state: "right" | "wrong" | "closed", wrong }`, where `wrong` names the parts that are not right. */
export async function checkRow(schema, row, face) {
  const kind = /^\.\/schema\/([\w-]+)\.schema\.json$/.exec(schema)?.[1];
  if (!Object.hasOwn(CHECKS, kind)) return { state: "wrong", wrong: ["no check for this kind"] };
  const parts = Object.entries(CHECKS[kind](row, face));
  const wrong = [];
  for (const [part, holds] of parts) if (!(await isTrue(holds))) wrong.push(part);
  if (parts.length === 0) return { state: "closed", wrong };
  return { state: wrong.length === 0 ? "right" : "wrong", wrong };
}

async function isTrue(holds) {
  try {
    return (await holds()) === true;
  } catch {
    return false; // a vector is never refused where it should be accepted
  }
}

function codeParts({ key, algorithm, digits, counter, code, mac, truncated, time }, face) {
  const { otp } = face;
  const secret = fromHex(key);
  const shape = { algorithm, digits };
  const moment = time && { period: time.period, t0: time.t0, at: new Date(time.seconds * 1000) };
  const exactly = { lookBehind: 0, lookAhead: 0 };
  const eight = { algorithm, digits: 8 };
  return {
    code: async () => (await otp.generateHotp(secret, counter, shape)) === code,
    verify: () => verifies(secret, counter, () => otp.verifyHotp(secret, code, counter, shape)),
    ...(moment && {
      step: () => otp.timeStep(moment).counter === counter,
      "code by time": async () => (await otp.generateTotp(secret, { ...shape, ...moment })) === code,
      "verify by time": () =>
        verifies(secret, counter, () => otp.verifyTotp(secret, code, { ...shape, ...moment, ...exactly })),
    }),
    // Of the number its last eight digits can be seen.
    ...(truncated !== undefined && {
      number: async () => (await otp.generateHotp(secret, counter, eight)) === lastDigits(truncated, 8),
    }),
    ...(mac !== undefined &&
      isWebCrypto(face) && { mac: () => signs(otp, secret, algorithm, counterBytes(counter), mac) }),
  };
}

/** A match at that very counter; with a secret that is too short to verify with, the refusal. */
async function verifies(secret, counter, verify) {
  if (secret.length < LEAST_SECRET_BYTES) return (await refusal(verify)) === "secret-too-short";
  return isSame(await verify(), { counter, delta: 0 });
}

function truncationParts({ mac, digits, code }, face) {
  if (!isWebCrypto(face)) return {};
  return { code: async () => (await codeOfMac(face.otp, fromHex(mac), digits)) === code };
}

/** The code that the WebCrypto face makes of a given MAC: for one key, WebCrypto is made to answer with it. */
async function codeOfMac(otp, mac, digits) {
  const algorithm = ALGORITHM_OF_LENGTH[mac.length];
  const key = await otp.importKey(mac, algorithm); // any secret will do
  const { subtle } = crypto;
  const { sign } = subtle;
  subtle.sign = (name, given, data) =>
    given === key ? Promise.resolve(mac.buffer) : sign.call(subtle, name, given, data);
  try {
    return await otp.generateHotp(key, 0, { digits });
  } finally {
    delete subtle.sign; // the prototype's is there again
  }
}

function hmacParts({ algorithm, key, data, mac }, face) {
  if (!isWebCrypto(face)) return {};
  return { mac: () => signs(face.otp, fromHex(key), algorithm, fromHex(data), mac) };
}

/** Whether the face's key, in WebCrypto's hands, gives that MAC. */
async function signs(otp, secret, algorithm, data, mac) {
  const key = await otp.importKey(secret, algorithm);
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", key, data))) === mac;
}

function base32Parts({ bytes, padded, unpadded }) {
  return {
    encode: () => encodeBase32(fromHex(bytes)) === unpadded,
    "encode padded": () => encodeBase32(fromHex(bytes), { padding: true }) === padded,
    decode: () => toHex(decodeBase32(unpadded)) === bytes,
    "decode padded": () => toHex(decodeBase32(padded)) === bytes,
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

function isWebCrypto({ id }) {
  return id === "webcrypto";
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

function counterBytes(counter) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(counter));
  return view;
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
