// What the files of a checkout must say before a tag. Each check answers what is wrong, in one line
// for each fault.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { sectionsOf } from "./changelog.ts";

export interface Check {
  readonly name: string;
  /** Faults, or none. */
  readonly faults: () => string[];
}

interface Manifest {
  readonly version: string;
  readonly repository?: { readonly url?: string };
  readonly homepage?: string;
  readonly bugs?: { readonly url?: string };
}

interface Lock {
  readonly version: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Stands for the repository where one must be named and none is known yet. */
export const PLACEHOLDER = "https://github.com/OWNER/REPOSITORY";

/** The checks of the files in a folder, for a tag if there is one. */
export function fileChecks(root: string, tag?: string): Check[] {
  const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
  const json = (name: string): unknown => JSON.parse(read(name));
  const manifest = json("package.json") as Manifest;
  const { version } = manifest;
  const only = (...faults: readonly (string | false | undefined)[]): string[] =>
    faults.filter((fault) => typeof fault === "string");

  return [
    {
      name: "one version in package.json, package-lock.json, jsr.json and the tag",
      faults: () => {
        const lock = json("package-lock.json") as Lock;
        const jsr = existsSync(path.join(root, "jsr.json")) ? (json("jsr.json") as Manifest).version : "missing";
        const others = {
          "package-lock.json": lock.version,
          'package-lock.json, packages[""]': lock.packages[""]?.version,
          "jsr.json": jsr,
          "the tag": tag?.replace(/^v/, "") ?? version,
        };
        const wrong = Object.entries(others).filter(([, other]) => other !== version);
        return wrong.map(([name, other]) => `${name}: ${other ?? "none"}, but package.json: ${version}`);
      },
    },
    {
      name: "CHANGELOG.md begins with this version and its date",
      faults: () => {
        const [newest] = sectionsOf(read("CHANGELOG.md"));
        return only(
          newest?.version !== version && `its first section is ${newest?.version ?? "missing"}, not ${version}`,
          !/^\d{4}-\d\d-\d\d$/.test(newest?.date ?? "") &&
            `the date is "${newest?.date ?? ""}": run npm run release:prepare, or write YYYY-MM-DD`,
          newest?.text === "" && "nothing is said about it",
        );
      },
    },
    {
      name: "SECURITY.md supports this major version",
      faults: () => {
        const line = `${parseInt(version, 10)}.x`;
        return only(!read("SECURITY.md").includes(line) && `it does not name ${line}`);
      },
    },
    {
      name: "the repository is named",
      faults: () => {
        const fields = {
          repository: manifest.repository?.url,
          homepage: manifest.homepage,
          bugs: manifest.bugs?.url,
        };
        const missing = Object.keys(fields).filter((name) => !fields[name as keyof typeof fields]);
        const files = readdirSync(path.join(root, ".github"), { recursive: true, encoding: "utf8" });
        const texts = files.filter((name) => name.endsWith(".yml")).map((name) => path.posix.join(".github", name));
        const open = texts.filter((name) => read(name).includes(PLACEHOLDER));
        const how = "run npm run release:prepare -- https://github.com/…";
        return [
          ...missing.map((name) => `package.json has no ${name}: ${how}`),
          ...open.map((name) => `${name} has ${PLACEHOLDER}: ${how}`),
        ];
      },
    },
    {
      name: "package-lock.json names every platform's binaries",
      faults: () => missingIn(json("package-lock.json") as Lock),
    },
  ];
}

/** Optional packages without an entry: where they are needed, `npm ci` fails. */
function missingIn({ packages }: Lock): string[] {
  const isLocked = (from: string, name: string): boolean => {
    const parts = from.split("/node_modules/");
    return parts.some((_, index) => {
      const folder = parts.slice(0, parts.length - index).join("/node_modules/");
      return `${folder}/node_modules/${name}` in packages || `node_modules/${name}` in packages;
    });
  };
  return Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(from, name))
      .map((name) => `${from} needs ${name}, which has no entry`),
  );
}
