// Where the vector files are.
import path from "node:path";

const VECTORS = path.resolve(import.meta.dirname, "../../vectors");

export function vectorPath(name: string): string {
  return path.join(VECTORS, name);
}
