// What is timed: a whole `verify` with a right code, and its four parts bare. Each batch is one
// verification for each of many people, in a time step of its own, because a code passes once.
import assert from "node:assert/strict";
import { generateHotp, verifyTotp } from "halfminute/sync";
import { createTwoFactor } from "halfminute/two-factor";
import { now } from "../clock.mjs";
import { collectGarbage } from "../measure.mjs";

const FIRST_COUNTER = 60_000_000;
const SECRET_BYTES = 20;
/**
 * What is sealed of somebody with one device: two keys, and the secret with what its codes depend
 * on.
 */
const VAULT_BYTES = 109;
const NONCE_BYTES = 12;

export const WHOLE = "verify";
/** The same for somebody with five devices. */
export const FIVE = "five devices";
/** A remembered browser that comes with its present token, and is given the next one. */
export const BROWSER = "recognizeBrowser";

/** So many at the same time, whatever the store: how long the slowest of a hundred waits. */
export const AT_ONCE = 64;

/** All four in one function, for comparison. */
export const CHAIN = "in a row";
export const PARTS = ["read", "open", "codes", "compare-and-set"];

/**
 * `work`: functions that time one batch each, by name: microseconds a call. Of `many` calls,
 * `concurrent` are under way at the same time. `waits`: how long each of `many` verifications takes
 * with {@link AT_ONCE} of them.
 */
export async function workOn(store, many, concurrent) {
  const clock = { counter: FIRST_COUNTER };
  const date = () => new Date((clock.counter + 0.5) * 30_000);
  const sealingKeys = [{ id: "2026-11", key: random(32) }];
  const twoFactor = createTwoFactor({ issuer: "Acme", store, sealingKeys, clock: date });
  const people = await Promise.all(
    Array.from({ length: many }, async (_, index) => {
      const secret = random(SECRET_BYTES);
      const person = { userId: `person ${index}`, secret, sealed: await sealed(secret) };
      await twoFactor.importDevice(person.userId, { secret: person.secret });
      await twoFactor.renewRecoveryCodes(person.userId); // so that the record is as long as one usually is
      return {
        ...person,
        five: await withFive(twoFactor, index, secret),
        browser: await withBrowser(twoFactor, index),
      };
    }),
  );

  const batch = async (prepare, act) => {
    clock.counter += 3; // beyond the window of the last one: of many codes one is the same as that of a step before, and refused
    const inputs = await Promise.all(people.map(prepare));
    const start = now();
    await atOnce(inputs, concurrent, act);
    collectGarbage();
    const end = now();
    collectGarbage(); // finds nothing: so much it costs to look, which four parts should not pay four times
    return (end - start - (now() - end)) / many;
  };
  const codeOf = ({ secret }) => generateHotp(secret, clock.counter);

  /** The record and the state in it. */
  const read = async ({ userId }) => {
    const { revision, body } = await store.read(userId);
    return { revision, state: JSON.parse(body) };
  };
  /** The secret out of sealed text, which has its owner as additional data. */
  const open = async ({ sealed: { key, text, context } }) => {
    const bytes = Buffer.from(text, "base64");
    const [iv, additionalData] = [bytes.subarray(0, NONCE_BYTES), new TextEncoder().encode(context)];
    const algorithm = { name: "AES-GCM", iv, additionalData };
    const opened = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(NONCE_BYTES));
    return new Uint8Array(opened).subarray(-SECRET_BYTES);
  };
  const verify = ({ secret, code, at }) => verifyTotp(secret, code, { at });
  /** The state under a new revision. */
  const compareAndSet = ({ userId, revision, state }) => {
    const next = { revision: Buffer.from(random(16)).toString("base64"), body: JSON.stringify(state) };
    return store.compareAndSet(userId, revision, next);
  };
  const withCode = (person) => ({ ...person, code: codeOf(person), at: date() });

  const waits = async () => {
    clock.counter += 3;
    const times = [];
    await atOnce(people.map(withCode), AT_ONCE, async ({ userId, code }) => {
      const start = performance.now();
      assert((await twoFactor.verify(userId, code)).method === "code");
      times.push((performance.now() - start) * 1000);
    });
    return times;
  };

  const work = {
    [WHOLE]: () =>
      batch(withCode, async ({ userId, code }) => {
        assert((await twoFactor.verify(userId, code)).method === "code");
      }),
    [FIVE]: () =>
      batch(withCode, async ({ five, code }) => {
        assert((await twoFactor.verify(five, code)).method === "code");
      }),
    [BROWSER]: () =>
      batch(withCode, async ({ browser }) => {
        browser.token = (await twoFactor.recognizeBrowser(browser.userId, browser.token, BINDING)).token;
      }),
    read: () =>
      batch(withCode, async (person) => {
        assert((await read(person)).state.devices.length === 1);
      }),
    open: () =>
      batch(withCode, async (person) => {
        assert((await open(person)).length === SECRET_BYTES);
      }),
    codes: () =>
      batch(withCode, (person) => {
        assert(verify(person) !== null);
      }),
    "compare-and-set": () =>
      batch(
        async (person) => ({ ...person, ...(await read(person)) }),
        async (person) => {
          assert(await compareAndSet(person));
        },
      ),
    [CHAIN]: () =>
      batch(withCode, async (person) => {
        const { revision, state } = await read(person);
        const secret = await open(person);
        assert(verify({ ...person, secret }) !== null);
        assert(await compareAndSet({ ...person, revision, state }));
      }),
  };
  return { work, waits };
}

const BINDING = { binding: "password 1" };

async function withFive(twoFactor, index, secret) {
  const userId = `five devices ${index}`;
  await twoFactor.importDevice(userId, { secret });
  for (let more = 1; more < 5; more++)
    await twoFactor.importDevice(userId, { secret: random(SECRET_BYTES), add: true });
  await twoFactor.renewRecoveryCodes(userId);
  return userId;
}

async function withBrowser(twoFactor, index) {
  const [userId, secret] = [`browser ${index}`, random(SECRET_BYTES)];
  await twoFactor.importDevice(userId, { secret });
  await twoFactor.renewRecoveryCodes(userId);
  const remember = { ...BINDING, days: 90 };
  const { browser } = await twoFactor.verify(userId, generateHotp(secret, FIRST_COUNTER), { remember });
  return { userId, token: browser.token };
}

/** All of it, so many at a time. */
async function atOnce(inputs, concurrent, act) {
  let index = 0;
  const lane = async () => {
    while (index < inputs.length) await act(inputs[index++]);
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
}

/** A secret among other bytes under AES-256-GCM, with as much of both as the flow has. */
async function sealed(secret) {
  const key = await crypto.subtle.importKey("raw", random(32), "AES-GCM", false, ["encrypt", "decrypt"]);
  const [iv, context] = [random(NONCE_BYTES), "c".repeat(46)];
  const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
  const vault = Buffer.concat([random(VAULT_BYTES - SECRET_BYTES), secret]);
  const bytes = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, vault));
  return { key, context, text: Buffer.concat([iv, bytes]).toString("base64") };
}

function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}
