// How much longer a Node process takes to get going because it imports a package: the time from the start of a process
// until its imports are done, minus that of a process that imports an empty file, in interleaved rounds.
import { execFileSync } from "node:child_process";
import { isOurs } from "./contestants.mjs";
import { root, thirdpartyFolder } from "./install.mjs";
import { eachRound, inTurn, summary } from "./measure.mjs";

const fileUrl = (name) => JSON.stringify(new URL(name, import.meta.url));

/** Name → milliseconds that the import adds. */
export function importTimes(contestants, { importRounds }) {
  const baseline = { source: `import ${fileUrl("empty.mjs")};`, folder: root, times: [] };
  const others = contestants.map(({ name, source }) => {
    return { name, source, folder: isOurs(name) ? root : thirdpartyFolder, times: [] };
  });
  const programs = [baseline, ...others];
  programs.forEach(timeImport); // the first time, the files may have to be read from the disk
  for (let round = 0; round < importRounds; round++) {
    for (const program of inTurn(programs, round)) program.times.push(timeImport(program));
  }
  return Object.fromEntries(
    others.map(({ name, times }) => [name, summary(eachRound(times, baseline.times, (one, base) => one - base))]),
  );
}

function timeImport({ source, folder }) {
  const program = `${source} import { now } from ${fileUrl("clock.mjs")}; console.log(now());`;
  const words = ["--input-type=module", "--eval", program];
  return Number(execFileSync(process.execPath, words, { cwd: folder, encoding: "utf8" })) / 1000;
}
