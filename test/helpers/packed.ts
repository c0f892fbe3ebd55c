// The package as npm would publish it, unpacked into a project of its own.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

const CACHE = path.join(ROOT, ".cache");

export interface Project {
  readonly folder: string;
  readonly packageFolder: string;
  /** What npm would upload. */
  readonly tarball: string;
  remove(): void;
}

export function unpackedProject(): Project {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-packed-"));
  const packageFolder = path.join(folder, "node_modules", "halfminute");
  mkdirSync(packageFolder, { recursive: true });
  const tarball = packed();
  execFileSync("tar", ["-xzf", tarball, "-C", packageFolder, "--strip-components=1"]);
  // Its one dependency, as an installation would bring it.
  symlinkSync(path.join(ROOT, "node_modules/qr"), path.join(folder, "node_modules/qr"), "junction");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return {
    folder,
    packageFolder,
    tarball,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The tarball of what is in this checkout now. It is made once, whichever test needs it first. */
export function packed(): string {
  const tarball = path.join(CACHE, `packed/${newest()}.tgz`);
  if (!existsSync(tarball)) {
    const copy = copyOfCheckout();
    const made = copy.pack();
    rmSync(path.dirname(tarball), { recursive: true, force: true });
    mkdirSync(path.dirname(tarball), { recursive: true });
    renameSync(made, tarball);
    copy.remove();
  }
  return tarball;
}

/** When something that is published, or says what is, last changed. */
function newest(): number {
  const { files } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { files: readonly string[] };
  const changedAt = (file: string): number => {
    const stats = statSync(file, { throwIfNoEntry: false });
    const inside = stats?.isDirectory() ? readdirSync(file).map((name) => changedAt(path.join(file, name))) : [];
    return Math.max(Math.floor(stats?.mtimeMs ?? 0), ...inside);
  };
  const names = [...files, "package.json", "README.md", "LICENSE", "tools/package"];
  return Math.max(...names.map((name) => changedAt(path.join(ROOT, name))));
}

export interface Copy {
  readonly folder: string;
  /** Runs `npm pack`, with its scripts, and returns the tarball's path. */
  pack(): string;
  remove(): void;
}

/**
 * All of this checkout in another folder, where scripts may write: other tests read the original at
 * the same time.
 */
export function copyOfCheckout(): Copy {
  mkdirSync(CACHE, { recursive: true });
  const parent = mkdtempSync(path.join(CACHE, "copy-"));
  const folder = path.join(parent, "halfminute");
  const left = [".cache", ".git", "coverage", "node_modules", "test-artifacts"];
  for (const name of readdirSync(ROOT).filter((name) => !left.includes(name))) {
    const filter = (file: string): boolean => path.basename(file) !== "node_modules";
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true, preserveTimestamps: true, filter });
  }
  mkdirSync(path.join(folder, "node_modules"));
  for (const name of readdirSync(path.join(ROOT, "node_modules"))) {
    const [from, to] = [path.join(ROOT, "node_modules", name), path.join(folder, "node_modules", name)];
    if (name === "qr")
      cpSync(from, to, { recursive: true }); // bundled under the name of where it really is
    else symlinkSync(from, to);
  }
  return {
    folder,
    pack: () => {
      execFileSync("npm", ["pack", "--silent", "--pack-destination", parent], {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const tarball = readdirSync(parent).find((name) => name.endsWith(".tgz"));
      if (tarball === undefined) throw new Error("npm pack made no tarball");
      return path.join(parent, tarball);
    },
    remove: () => {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
