// Anything but the body that a route is for: a mistake of whoever sent it, never one of the server.
import { beforeAll, describe, expect, it } from "vitest";

import { EMAILS, owning, PASSWORD, POSTS, type Route, type Send, START } from "./browser.ts";

const person = (index: number) => EMAILS[20 + index] ?? ""; // those before are of login.ts and attacks.ts
const JUNK = person(0);

/** `routes`: those that the example has. */
export function describeJunk(
  name: string,
  start: () => Promise<Send> | Send,
  routes: readonly (typeof POSTS)[number][] = POSTS,
): void {
  describe(`${name}: bodies that are none`, () => {
    let send: Send;
    beforeAll(async () => {
      send = await start();
    }, START);

    const values = [
      null,
      true,
      7,
      -0.5,
      "123456",
      [],
      ["123456"],
      {},
      { length: 6 },
      "\u0000",
      "\ud800",
      "9".repeat(5000),
    ];
    const named = (value: unknown) => ({ email: value, password: value, code: value, remember: value });
    const bodies = [
      ...values,
      ...values.map(named),
      { email: JUNK, password: [PASSWORD] },
      { email: { $ne: "" }, password: PASSWORD },
    ];
    const rights = `"email":"${JUNK}","password":"${PASSWORD}"`;
    const texts: [text: string, type?: string][] = [
      [""],
      [`{"code":"123456`],
      [`{"code":123456}{`],
      [`{"code":x123456}`], // V8 quotes it
      [`{"__proto__":{${rights},"code":"123456"}}`],
      [`{"constructor":{"prototype":{${rights}}}}`],
      [`[{${rights}}]`],
      [`{"code":"${"9".repeat(2_000_000)}"}`],
      ["[".repeat(50_000)],
      [`{${rights}}`, "text/plain"],
      [`{${rights}}`, "application/octet-stream"],
      [new URLSearchParams({ email: JUNK, password: PASSWORD }).toString(), "application/x-www-form-urlencoded"],
    ];

    /** Refused as a mistake of whoever sent it, without a session, and without a word of it. */
    async function expectRefused(
      route: Route,
      body: unknown,
      cookie: string,
      more: { text?: string; type?: string } = {},
    ) {
      const { status, text, headers } = await send(route, body, cookie, more);
      const sent = `${route} ${(more.text ?? JSON.stringify(body)).slice(0, 60)}`;
      expect(status, sent).toBeGreaterThanOrEqual(400);
      expect(status, sent).toBeLessThan(500);
      expect(headers.getSetCookie(), sent).toEqual([]);
      expect(headers.get("Cache-Control"), sent).toBe("no-store");
      for (const word of ["123456", "correct horse", "99999"]) expect(text, sent).not.toContain(word);
    }

    it.each(routes)("%s", async (route) => {
      const { browser } = await owning(send, person(POSTS.indexOf(route)));
      for (const body of bodies) await expectRefused(route, body, browser.cookie);
      for (const [text, type] of texts)
        await expectRefused(route, undefined, browser.cookie, { text, ...(type !== undefined && { type }) });
      expect((await browser.go("home")).status).toBe(200);
    });
  });
}
