// When WebCrypto answers late, the playground shows the code of the latest question, and of no
// other.
import { beforeEach, expect, it } from "vitest";

import type { Tab } from "../browsers.ts";
import { hasOathtool, oathtool } from "./oathtool.ts";
import { inEachBrowser, OTHER_SECRET, RFC_SECRET, THIRD_SECRET } from "./page.ts";

const MOMENT = 1_234_567_890; // of RFC 6238, Appendix B; step 41152263 begins then

inEachBrowser((playground) => {
  const totp = (seconds: number, secret: string): Promise<string> => oathtool(["--totp", "-N", `@${seconds}`], secret);
  const isHeld = (count: number): Promise<boolean> => playground.tab.until(`held.length === ${count}`);
  const shown = (): Promise<string[]> => Promise.all([playground.tab.text("code"), playground.tab.text("step")]);

  beforeEach(async () => {
    await playground.choose("webcrypto");
    await stopClock(playground.tab, MOMENT);
    await playground.codeAfter({ secret: RFC_SECRET });
    await holdAnswers(playground.tab);
  });

  it.runIf(hasOathtool)("waits for one, and shows it though it is late", async () => {
    const before = [await totp(MOMENT, RFC_SECRET), "Time step 41152263"];
    expect(await shown()).toEqual(before);
    await playground.tab.run(`present += 30_000`);
    await isHeld(1);
    await playground.tab.run(`present += 30_000`); // this step is over too, and the ring turns on
    await playground.tab.run(`turns = 0`);
    await playground.tab.until(`turns > 3`);
    expect(await playground.tab.run(`held.length`)).toBe(1);
    expect(await shown()).toEqual(before);
    await release(playground.tab, 0);
    expect(await shown()).toEqual([await totp(MOMENT + 30, RFC_SECRET), "Time step 41152264"]);
    await isHeld(2); // asked at once, for the step of now
    await release(playground.tab, 1);
    expect(await shown()).toEqual([await totp(MOMENT + 60, RFC_SECRET), "Time step 41152265"]);
    await playground.tab.run(`turns = 0`);
    await playground.tab.until(`turns > 3`);
    expect(await playground.tab.run(`held.length`)).toBe(2);
  });

  it.runIf(hasOathtool).each([
    ["before", [0, 1]],
    ["after", [1, 0]],
  ])("drops one that comes %s that of a later question", async (_when, order) => {
    const before = await shown();
    await playground.tab.fill({ secret: OTHER_SECRET });
    await isHeld(1);
    await playground.tab.fill({ secret: THIRD_SECRET });
    await isHeld(2);
    expect(await shown()).toEqual(before);
    const expected = [await totp(MOMENT, THIRD_SECRET), "Time step 41152263"];
    for (const index of order) {
      await release(playground.tab, index);
      if (index === 1 || order[0] === 1) expect(await shown()).toEqual(expected);
      else expect(await shown()).toEqual(before);
    }
    expect(await playground.tab.run(`document.getElementById("code").hasAttribute("aria-busy")`)).toBe(false);
  });
});

/** Stops the page's clock at a moment, in seconds; `present`, in milliseconds, moves it. */
async function stopClock(tab: Tab, seconds: number): Promise<void> {
  await tab.run(`{
    globalThis.present = ${seconds * 1000};
    globalThis.Date = class extends Date {
      constructor(...words) { super(...(words.length > 0 ? words : [present])); }
      static now() { return present; }
    };
  }`);
}

/**
 * From now on what WebCrypto signs is in `held` until it is released. `turns` counts how often the
 * ring was turned.
 */
async function holdAnswers(tab: Tab): Promise<void> {
  await tab.run(`{
    globalThis.held = [];
    const { sign } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.sign = async function (...words) {
      const answer = await sign.apply(this, words);
      await new Promise((resolve) => held.push(resolve));
      return answer;
    };
    globalThis.turns = 0;
    new MutationObserver(() => turns++).observe(document.getElementById("ring-left"), { attributes: true });
  }`);
}

/** Lets one answer go, and waits until the page has done with it what it does. */
async function release(tab: Tab, index: number): Promise<void> {
  await tab.run(`(held[${index}](), new Promise((resolve) => setTimeout(resolve)))`);
}
