// What axe-core finds on the page of a tab.
import axe from "axe-core";

import type { Tab } from "./browsers.ts";

/**
 * Every fault, with the elements that have it. Elements that move are looked at when they stand
 * still.
 */
export async function axeFaults(tab: Tab): Promise<string[]> {
  await tab.until(`document.getAnimations().every(({ playState }) => playState !== "running")`);
  await tab.run(`${axe.source}; 0`);
  return tab.run(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => id + ": " + target.join(" ") + ": " + (any[0]?.message ?? ""))))`);
}
