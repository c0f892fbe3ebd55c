// What the results say: docs/mutation.md, and what is wrong with them.
import { areas } from "./areas.mjs";
import { reasons } from "./reasons.mjs";

/** Why the tests need not notice this mutant, and for how many of a file; or undefined. */
function reasonOf(file, { from, to }) {
  for (const reason of reasons) {
    const mutant = reason.mutants.find(([was, is]) => from === was && (is ?? to) === to);
    if (file.startsWith(reason.file) && mutant) return { because: reason.because, most: mutant[2] ?? 1 };
  }
  return undefined;
}

/** Those that no reason is for. The same text elsewhere in a file needs a reason of its own. */
function unexplainedIn(file, survivors) {
  return survivors.filter((one) => {
    const same = survivors.filter(({ from, to }) => from === one.from && to === one.to);
    return same.length > (reasonOf(file, one)?.most ?? 0);
  });
}

/** What is wrong with the results of these files. */
export function faultsOf(files, all) {
  const untried = files.filter((file) => all[file] === undefined).map((file) => `${file} was not tried`);
  const results = Object.fromEntries(files.flatMap((file) => (all[file] ? [[file, all[file]]] : [])));
  const tooFew = areas.flatMap(({ name, least = 0, ...area }) => {
    const isWhole = Object.keys(all).every((file) => !area.files.test(file) || files.includes(file));
    const { percent } = totalOf(area, results);
    return isWhole && percent < least ? [`${name}: ${percent.toFixed(1)} % are noticed, ${least} % is the least`] : [];
  });
  const unexplained = Object.entries(results).flatMap(([file, { survivors }]) => {
    return unexplainedIn(file, survivors).map(({ line, from, to }) => `${file}:${line}: ${shown(from)} → ${shown(to)}`);
  });
  return [...untried, ...tooFew, ...unexplained, ...staleReasons(all)];
}

/** Reasons for what the tests notice by now, or what is no longer there. */
function staleReasons(all) {
  const survivors = Object.entries(all).flatMap(([file, each]) => each.survivors.map((one) => ({ ...one, file })));
  return reasons.flatMap(({ file, mutants }) => {
    const own = survivors.filter((one) => one.file.startsWith(file));
    const unused = mutants.filter(([was, is]) => !own.some(({ from, to }) => from === was && (is ?? to) === to));
    return unused.map(([was]) => `${file}: no mutant needs the reason for ${shown(was)}`);
  });
}

function totalOf({ files }, results) {
  const own = Object.entries(results).filter(([file]) => files.test(file));
  const sum = (count) => own.reduce((total, [, result]) => total + count(result), 0);
  const [killed, hung, survived] = [sum((r) => r.killed), sum((r) => r.hung), sum((r) => r.survivors.length)];
  const all = killed + hung + survived;
  return { all, killed, hung, survived, percent: all === 0 ? 100 : (100 * (killed + hung)) / all };
}

export function pageOf(results) {
  const rows = areas.map((area) => {
    const { all, killed, hung, survived, percent } = totalOf(area, results);
    if (all === 0) return `| ${area.name} | | | | | not run yet | |`;
    const least = area.least === undefined ? "" : `${area.least} %`;
    return `| ${area.name} | ${all} | ${killed} | ${hung} | ${survived} | ${percent.toFixed(1)} % | ${least} |`;
  });
  return `# Mutation testing

[Stryker](https://stryker-mutator.io) changes the sources in one small way at a time, such as \`<\`
to \`<=\`, and runs the tests. If one fails, or they hang, the change is noticed. If all pass, it
survives: either a test is missing, or the change makes no difference.

\`npm run test:mutation\` tries all changes and writes this page; CI tries those of changed files.
Left out are the command line, the stores that need a server, and what only runs at import time.
What also runs later is tried, but not with a fresh import. Only tests of one process count: those
with real databases, browsers and the built package would notice more.

| area | mutants | noticed | hung | survived | score | least |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

\`least\` is the score below which the check fails. It also fails for a survivor without a reason.

## Survivors

The line of each change, and why no test notices it.

${survivorsOf(results).join("\n\n")}
`;
}

/** A section for each file, with its mutants below the reason that they share. */
function survivorsOf(results) {
  return Object.entries(results).flatMap(([file, { survivors }]) => {
    if (survivors.length === 0) return [];
    const groups = grouped(file, survivors);
    const parts = [...groups].map(([reason = "No reason is known yet.", members]) => {
      const lines = members.map(({ line, from, to }) => `${line}: ${shown(from)} → ${shown(to)}`);
      return `${wrapped(reason)}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\``;
    });
    return [`### \`${file}\`\n\n${parts.join("\n\n")}`];
  });
}

function grouped(file, survivors) {
  const groups = new Map();
  for (const survivor of survivors) {
    const reason = reasonOf(file, survivor)?.because;
    groups.set(reason, [...(groups.get(reason) ?? []), survivor]);
  }
  return groups;
}

/** In lines of at most 100 columns. */
function wrapped(text) {
  return text.replace(/(.{1,100})(?: |$)/g, "$1\n").trim();
}

function shown(text) {
  const line = text.replace(/\s+/g, " ");
  if (line === "") return "nothing";
  return line.length > 40 ? `${line.slice(0, 30)} … ${line.slice(-8)}` : line;
}
