// How much longer a Node process takes to get going because it imports a package: the time from the
// beginning of its imports until they are done, minus that of a process that imports an empty file,
// in interleaved rounds. And the same with one verification behind the import, which pays for what
// the package puts off until then; of the flow, over SQLite.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DATABASE, FIRST_FLOW_VERIFICATION } from "./flow-start.mjs";
import { root, thirdpartyFolder } from "./install.mjs";
import { eachRound, inTurn, summary } from "./measure.mjs";
import { isOurs } from "./ours.mjs";

/** The flow's, over SQLite: its imports, and a right code that passes and is committed. */
export const FLOW = "halfminute/two-factor over SQLite, with a first verification";

export const withFirstVerification = (name) => `${name}, with a first verification`;

const fileUrl = (name) => JSON.stringify(new URL(name, import.meta.url));

/** A child that takes longer hangs. */
const TIMEOUT = 30_000;

/**
 * Name → milliseconds that the import adds; and by another name, with a first verification, where
 * there is one.
 */
export function importTimes(contestants, effort) {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-bench-"));
  try {
    return timesWith(flowIn(folder), contestants, effort);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The driver is loaded and the database open before the clock starts. Each process gets a copy of
 * its own: a code passes once.
 */
function flowIn(folder) {
  const [made, copy] = [path.join(folder, "made.db"), path.join(folder, "copy.db")];
  execFileSync(process.execPath, [path.join(import.meta.dirname, "flow-start.mjs"), made], { timeout: TIMEOUT });
  return {
    name: FLOW,
    source: FIRST_FLOW_VERIFICATION,
    folder: root,
    times: [],
    preload: ["--import", new URL("flow-start.mjs", import.meta.url).href],
    env: { ...process.env, [DATABASE]: copy },
    prepare: () => copyFileSync(made, copy),
  };
}

function timesWith(flow, contestants, { importRounds }) {
  const baseline = { source: `import ${fileUrl("empty.mjs")};`, folder: root, times: [] };
  const others = contestants.flatMap(({ name, source, firstVerification }) => {
    const folder = isOurs(name) ? root : thirdpartyFolder;
    const program = { name, source, folder, times: [] };
    if (firstVerification === undefined) return [program];
    return [program, { name: withFirstVerification(name), source: firstVerification, folder, times: [] }];
  });
  others.push(flow);
  const programs = [baseline, ...others];
  programs.forEach(timeImport); // the first time, the files may have to be read from the disk
  for (let round = 0; round < importRounds; round++) {
    for (const program of inTurn(programs, round)) program.times.push(timeImport(program));
  }
  return Object.fromEntries(
    others.map(({ name, times }) => [name, summary(eachRound(times, baseline.times, (one, base) => one - base))]),
  );
}

function timeImport({ source, folder, preload = [], env = process.env, prepare }) {
  prepare?.();
  const program = `${source} import { now } from ${fileUrl("clock.mjs")}; console.log(now() - importsBeganAt);`;
  const words = [
    ...preload,
    "--import",
    new URL("start.mjs", import.meta.url).href,
    "--input-type=module",
    "--eval",
    program,
  ];
  return Number(execFileSync(process.execPath, words, { cwd: folder, env, encoding: "utf8", timeout: TIMEOUT })) / 1000;
}
