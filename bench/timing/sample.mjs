// Times single calls, of two kinds in random order. Which kind comes is drawn before the clock
// starts, and nothing between its two readings depends on it.
import { fresh } from "./people.mjs";

const WARM_UP = 10;

/** What calls return, so that no engine leaves them out. */
const sink = { result: undefined };

/** `count` times in nanoseconds, and the class of each. */
export async function sample({ call, classes, restore, isAsync }, count) {
  const take = isAsync ? timeAwaited : timeDirect;
  await take(call, classes, restore, draw(Math.ceil(count / WARM_UP), classes[0].length));
  return take(call, classes, restore, draw(count, classes[0].length));
}

function draw(count, most) {
  const kinds = new Uint8Array(count);
  const people = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    kinds[index] = Math.random() < 0.5 ? 0 : 1;
    people[index] = Math.floor(Math.random() * most);
  }
  return { count, kinds, people };
}

/**
 * A new copy of the typed text for each call, and one of the other kind: where a text lies in
 * memory makes a nanosecond.
 */
function inputOf(classes, kind, person) {
  const texts = classes.map((inputs) => fresh(inputs[person].typed));
  return { ...classes[kind][person], typed: texts[kind] };
}

function timeDirect(call, classes, _, { count, kinds, people }) {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const input = inputOf(classes, kinds[index], people[index]);
    const start = performance.now();
    const result = call(input);
    times[index] = (performance.now() - start) * 1e6;
    sink.result = result;
  }
  return { times, kinds };
}

async function timeAwaited(call, classes, restore, { count, kinds, people }) {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const input = inputOf(classes, kinds[index], people[index]);
    const start = performance.now();
    const result = await call(input).catch(errorCode);
    times[index] = (performance.now() - start) * 1e6;
    sink.result = result;
    await restore(input);
  }
  return { times, kinds };
}

const errorCode = ({ code }) => code;
