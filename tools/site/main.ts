// npm run site: builds the site into site/dist. SITE_BASE is the path under which it will be
// served, such as /halfminute/.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { faultsIn } from "./check.ts";
import { stage } from "./stage.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HOME = path.join(ROOT, "site");
const CACHE = path.join(HOME, ".cache");

mkdirSync(CACHE, { recursive: true });
writeFileSync(path.join(CACHE, "site.json"), JSON.stringify(stage(ROOT, path.join(CACHE, "pages"))));
const vitepress = path.join(HOME, "node_modules/vitepress/bin/vitepress.js");
const { status } = spawnSync(process.execPath, [vitepress, "build", HOME], { cwd: HOME, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const faults = faultsIn(path.join(HOME, "dist"), process.env["SITE_BASE"]);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log("The site is in site/dist.");
