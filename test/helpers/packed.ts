// The package as npm would publish it, unpacked into a project of its own.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

export interface Project {
  readonly folder: string;
  readonly packageFolder: string;
  remove(): void;
}

export function unpackedProject(): Project {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-packed-"));
  const packageFolder = path.join(folder, "node_modules", "halfminute");
  mkdirSync(packageFolder, { recursive: true });
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  execFileSync("tar", ["-xzf", path.join(folder, tarball), "-C", packageFolder, "--strip-components=1"]);
  // Its one dependency, as an installation would bring it.
  symlinkSync(path.join(ROOT, "node_modules/qr"), path.join(folder, "node_modules/qr"), "junction");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return {
    folder,
    packageFolder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
