// Whoever builds the package gets the same bytes: in another folder, at another time, from other
// dates of the files.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, it } from "vitest";

import { copyOfCheckout, ROOT } from "../helpers/packed.ts";

const elsewhere = mkdtempSync(path.join(tmpdir(), "halfminute elsewhere-"));
afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

interface Made {
  readonly tarball: string;
  readonly files: Readonly<Record<string, string>>;
}

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Packs what is in a folder, and lists what is built there. */
function pack(folder: string): Made {
  const tarballs = mkdtempSync(path.join(elsewhere, "tarballs-"));
  const words = ["pack", "--ignore-scripts", "--silent", "--pack-destination", tarballs];
  execFileSync("npm", words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const dist = path.join(folder, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(path.join(dist, name)).isFile(),
  );
  return {
    tarball: hashOf(path.join(tarballs, readdirSync(tarballs)[0] ?? "")),
    files: Object.fromEntries(files.toSorted().map((name) => [name, hashOf(path.join(dist, name))])),
  };
}

it("is built in another folder as here, byte by byte, and packed into the same tarball", () => {
  const copy = copyOfCheckout();
  try {
    const folder = path.join(elsewhere, "deep", "er");
    mkdirSync(path.dirname(folder));
    renameSync(copy.folder, folder);
    rmSync(path.join(folder, "dist"), { recursive: true });
    const longAgo = new Date("2001-02-03T04:05:06Z");
    for (const name of ["package.json", "README.md", "src/index.ts", "src/core/code.ts"]) {
      utimesSync(path.join(folder, name), longAgo, longAgo);
    }
    execFileSync("npm", ["run", "--silent", "build"], {
      cwd: folder,
      env: { ...process.env, TZ: "Pacific/Auckland", LC_ALL: "C" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    expect(pack(folder)).toEqual(pack(ROOT));
  } finally {
    copy.remove();
  }
}, 600_000);
