// Checks that docs/reference is what typedoc generates from the sources. `npm run docs` regenerates
// it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const fresh = mkdtempSync(path.join(tmpdir(), "halfminute-docs-"));

try {
  const typedoc = path.join(root, "node_modules/typedoc/bin/typedoc");
  execFileSync(process.execPath, [typedoc, "--out", fresh, "--logLevel", "Warn"], { cwd: root, stdio: "inherit" });
  execFileSync("git", ["--no-pager", "diff", "--no-index", "--stat", "docs/reference", fresh], {
    cwd: root,
    stdio: "inherit",
  });
  console.log("docs/reference is in sync with the sources");
} catch {
  console.error("docs/reference is not what the sources say: run `npm run docs` and commit the result");
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true });
}
