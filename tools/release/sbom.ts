// npm run sbom: prints what an installation of the package brings along, as CycloneDX. It has a
// random serial number and the present time, so no two are the same.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Bom {
  readonly metadata: { readonly component: { name: string } };
}

const words = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=library", "--omit=dev", "--package-lock-only"];
const bom = JSON.parse(execFileSync("npm", words, { encoding: "utf8", shell: process.platform === "win32" })) as Bom;
const { name } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
bom.metadata.component.name = name; // npm writes the name of the folder
console.log(JSON.stringify(bom, null, 2));
