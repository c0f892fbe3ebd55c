// What a process of clients does in the endurance run: (world, input) → a value for JSON. It runs
// the built package.
//
// A ticket is something that may be accepted once: { kind, userId, code, at, … }. Whoever makes one
// shares it with the other processes of its store, and all submit it at the same time. What is
// accepted is reported before anything else happens; two such reports are a fault.
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { mutants } from "../two-factor/storms/mutants.js";
import { BINDING, codeOf, flowOn, outcomeOf, randomFrom } from "../two-factor/storms/tasks.js";

/** Everybody's clock is this much faster than the real one, so that there are codes enough. */
const SPEED = 20;
const STEP = 30_000;
const LOOK_BEHIND = 10;
/** What takes no longer than this, in real milliseconds, is within the window of its code. */
const IN_TIME = ((LOOK_BEHIND - 1) * STEP) / SPEED;
/** A code that none of this many steps before and after it shares is a code of one step only. */
const NEAR = LOOK_BEHIND + 2;
const RACERS = 3;
const REMEMBERED_TICKETS = 40;
const STEPS_A_WRONG_CODE = 20;

/** So that a request that waits for a restart is still in time, and a lost one is given up soon. */
export const POLICY = { lookBehind: LOOK_BEHIND, storeTimeout: 8000, issuedCodeLifetime: 3600, restrictAfter: 3000 };

/** Shows the same in all processes: it was at the time step `first` at the moment `start`. */
export function fastClock({ start, first }) {
  return () => (first + 0.5) * STEP + (Date.now() - start) * SPEED;
}

export function submitTicket(flow, { kind, userId, code, deviceId, about, options }) {
  if (kind === "issued code") return flow.verifyIssuedCode(userId, code, about);
  if (kind === "confirmation") return flow.confirm(userId, code, { deviceId });
  return flow.verify(userId, code, options);
}

/** Nobody knows what became of a call that ended like this. */
const UNKNOWN = ["store-unavailable", "busy"];

/** How each kind of ticket may be refused, too. */
const REFUSALS = {
  "shared code": ["code-rejected", "throttled"],
  "own code": ["code-rejected"],
  "recovery code": ["code-rejected"],
  "issued code": ["code-rejected"],
  confirmation: ["already-confirmed"],
};

let storm;
let mayRest = false;

export const enduranceTasks = {
  /** Storms until the process may be calm. Nobody else sends requests for the people in `lanes`. */
  blow: async (world, { lanes, sampleEvery, ...input }) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    storm = stormOn(world, input);
    process.on("warning", ({ name, message }) => world.report({ warning: `${name}: ${message}` }));
    const sample = () => {
      collect();
      const { heapUsed } = process.memoryUsage();
      world.report({ heap: heapUsed, resources: process.getActiveResourcesInfo().length, counts: storm.newCounts() });
    };
    const timer = setInterval(sample, sampleEvery);
    await Promise.all(lanes.map((lane, index) => storm.blow(lane, index)));
    clearInterval(timer);
    sample();
  },

  /** Another process has made this ticket, and submits it now. */
  hear: async (_, { ticket }) => storm?.hear(ticket),

  calm: async () => {
    mayRest = true;
  },
};

function stormOn({ store, report }, { name, seed, clock, people, mutant }) {
  const now = fastClock(clock);
  const flow = flowOn(mutants[mutant](store), now, POLICY);
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const stepNow = () => Math.floor(now() / STEP);
  const tickets = [];
  let [counts, newcomers, wrongAt] = [{}, 0, 0];

  /** Whatever else than these refusals is a fault. */
  const outcomeIn = async (what, call, refusals = []) => {
    const outcome = await outcomeOf(call);
    const said = outcome.refused ?? "passed";
    const counted = outcome.cause?.endsWith("timed out") ? `${said} (timed out)` : said;
    counts[counted] = (counts[counted] ?? 0) + 1;
    if (![...UNKNOWN, "passed", ...refusals].includes(said)) report({ fault: `${what}: ${said}` });
    return { ...outcome, isKnown: !UNKNOWN.includes(said) };
  };

  const submit = async (ticket, times = 1) =>
    Promise.all(
      Array.from({ length: times }, async () => {
        const outcome = await outcomeIn(ticket.kind, submitTicket(flow, ticket), REFUSALS[ticket.kind]);
        if (outcome.passed) report({ accepted: ticket });
        return outcome;
      }),
    );

  const remember = (ticket) => {
    tickets.push(ticket);
    if (tickets.length > REMEMBERED_TICKETS) tickets.shift();
  };

  const share = async (ticket) => {
    report({ share: ticket });
    remember(ticket);
    return submit(ticket, RACERS);
  };

  const codes = new Map();
  /** The code of this time step, with those near it. None if one of those is the same. */
  const codesOf = ({ userId, secret }) => {
    const counter = stepNow();
    const known = codes.get(userId) ?? new Map();
    codes.set(userId, known);
    for (const old of known.keys()) if (old < counter - NEAR) known.delete(old);
    for (let near = counter - NEAR; near <= counter + NEAR; near++) {
      if (!known.has(near)) known.set(near, codeOf(secret, near));
    }
    const all = [...known.values()];
    const code = known.get(counter);
    return { counter, all, code: all.indexOf(code) === all.lastIndexOf(code) ? code : undefined };
  };

  const shared = async () => {
    const person = pick(people);
    const { counter, code } = codesOf(person);
    if (code === undefined || person.last === counter) return;
    person.last = counter;
    await share({ kind: "shared code", userId: person.userId, code, counter, at: now() });
  };

  /** Rarely, so that nobody is restricted. */
  const wrong = async () => {
    const person = pick(people);
    const { counter, all } = codesOf(person);
    if (counter < wrongAt + STEPS_A_WRONG_CODE) return;
    wrongAt = counter;
    const code = Array.from({ length: 2 * NEAR + 2 }, (_, index) => String(100_000 + index)).find(
      (each) => !all.includes(each),
    );
    const ticket = { kind: "shared code", userId: person.userId, code };
    const [{ passed }] = await submit(ticket);
    if (passed) report({ fault: "a wrong code passed" });
  };

  const again = async () => {
    const ticket = pick(tickets);
    // One that is too old would be a wrong code.
    if (!ticket || (ticket.counter !== undefined && ticket.counter < stepNow() - LOOK_BEHIND + 3)) return;
    await submit(ticket);
  };

  /** Nobody else submits codes of this person, so a fresh one passes, once. */
  const own = async (lane, options) => {
    const { counter, code } = codesOf(lane);
    if (code === undefined || lane.last === counter) return undefined;
    lane.last = counter;
    const ticket = { kind: "own code", userId: lane.userId, code, counter, at: now(), options };
    const began = Date.now();
    const [outcome] = await submit(ticket);
    if (outcome.refused === "code-rejected" && Date.now() - began < IN_TIME) {
      report({ fault: "a fresh code was refused" });
    }
    if (outcome.passed && Date.now() - began < IN_TIME / 2) await submit(ticket);
    return outcome;
  };

  const renew = async ({ kept }) => {
    const { passed } = await outcomeIn("renewal", flow.renewRecoveryCodes(kept.userId));
    if (passed) kept.recoveryCodes = [...passed.recoveryCodes];
  };
  const recover = async (lane) => {
    const code = lane.kept.recoveryCodes.pop();
    if (code === undefined) await renew(lane);
    else await share({ kind: "recovery code", userId: lane.kept.userId, code, at: now() });
  };

  const mail = async () => {
    const userId = `mail ${name} ${newcomers++}`;
    const about = { purpose: "mail", request: `login ${newcomers}` };
    const { passed } = await outcomeIn("issuing", flow.issueCode(userId, about));
    if (passed) await share({ kind: "issued code", userId, code: passed.code, about, at: now() });
  };

  /** A browser's token leads to the next one, and one that was replaced long ago to nothing. */
  const visit = async (lane) => {
    if (!lane.tokens) {
      const outcome = await own(lane, { remember: { binding: BINDING } });
      if (outcome?.passed) lane.tokens = [outcome.passed.browser.token];
      return;
    }
    const present = (token, refusals) =>
      outcomeIn("browser", flow.recognizeBrowser(lane.userId, token, { binding: BINDING }), refusals);
    if (lane.tokens.length > 3 && random() < 0.1) {
      const { passed, isKnown } = await present(lane.tokens[0], ["browser-unknown"]);
      if (passed) report({ fault: "a replaced token was recognized" });
      if (!isKnown) return;
      const last = await present(lane.tokens.at(-1), ["browser-unknown"]);
      if (last.passed) report({ fault: "a token was recognized after one that was copied" });
      lane.tokens = undefined;
      return;
    }
    const token = lane.tokens.at(-1);
    const outcomes = await Promise.all(Array.from({ length: RACERS }, () => present(token, [])));
    const next = new Set(outcomes.flatMap(({ passed }) => (passed ? [passed.token] : [])));
    const [generation] = [...next].map(generationIn);
    if (next.size > 1 || (next.size === 1 && generation !== generationIn(token) + 1)) {
      report({ fault: `a token led to ${next.size} next ones` });
    }
    lane.tokens = [...lane.tokens, ...next].slice(-4);
  };

  const join = async () => {
    const userId = `new ${name} ${newcomers++}`;
    const { passed } = await outcomeIn("enrollment", flow.enroll(userId, { accountName: userId }));
    if (!passed) return;
    const { counter, code } = codesOf({ userId, secret: passed.secret });
    codes.delete(userId);
    if (code === undefined) return;
    const { deviceId } = passed;
    const ticket = { kind: "confirmation", userId, code, counter, deviceId, at: now() };
    const began = Date.now();
    const outcomes = await submit(ticket, RACERS);
    const isConfirmed = outcomes.some(({ passed: confirmed, refused }) => confirmed ?? refused === "already-confirmed");
    if (isConfirmed && Date.now() - began < IN_TIME / 2) await submit({ ...ticket, kind: "own code" });
    await outcomeIn("leaving", flow.disable(userId));
  };

  const laps = [shared, shared, shared, shared, wrong, again, again, own, own, recover, mail, visit, visit, join];
  return {
    newCounts: () => {
      const taken = counts;
      counts = {};
      return taken;
    },
    hear: async (ticket) => {
      remember(ticket);
      await submit(ticket, RACERS);
    },
    blow: async (lane) => {
      while (!mayRest) {
        await pick(laps)(lane);
        await sleep(random() * 20);
      }
    },
  };
}

function generationIn(token) {
  return Number(token.split(".")[1]);
}
