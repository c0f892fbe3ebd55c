// What the message about pictures advises to those who run the program with npx. Instead of the
// registry: the tarball and packages of here.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, it } from "vitest";

import { buildMigrationUris } from "../../src/migration/index.ts";
import { qrPng } from "../../src/qr/index.ts";
import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";
import { SECRET } from "./world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));
let project: Project | undefined;

afterAll(() => {
  project?.remove();
  rmSync(folder, { recursive: true });
});

it("with npx pictures are read if the advice is followed", async () => {
  project = unpackedProject();
  const [uri = ""] = buildMigrationUris([{ secret: SECRET, accountName: "alice" }]);
  writeFileSync(path.join(folder, "export.png"), await qrPng(uri));
  const { tarball } = project;
  const npx = (...packages: readonly string[]): { stdout: string; stderr: string; status: number | null } => {
    const words = packages.flatMap((name) => ["-p", name]);
    const env = { ...process.env, npm_config_cache: path.join(folder, "cache"), npm_config_loglevel: "error" };
    return spawnSync("npx", ["--yes", "--offline", ...words, "halfminute", "import", "export.png"], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
  };
  const here = (name: string): string => path.join(ROOT, "node_modules", name);
  const without = npx(tarball, here("qr"));
  expect([without.stdout, without.status]).toEqual(["", 2]);
  const advice = /with npx: npx ((?:-p [a-z-]+ )+)halfminute COMMAND\n$/.exec(without.stderr)?.[1] ?? "";
  const packages = advice.trim().replaceAll("-p ", "").split(" ");
  expect(packages).toEqual(["halfminute", "pngjs", "jpeg-js"]);
  const others = packages.filter((name) => name !== "halfminute").map(here);
  expect(npx(tarball, here("qr"), ...others)).toMatchObject({
    stdout: `otpauth://totp/alice?secret=${SECRET}\n`,
    stderr: "",
    status: 0,
  });
});
