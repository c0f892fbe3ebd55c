// People of the demo app: what they have, and what they see.
import { expect, vi } from "vitest";

import type { Mail } from "../../examples/express-login/mail.ts";
import { generateTotp } from "../../src/index.ts";
import { type Page, recoveryCodesOn, secretOn, Visitor } from "./visitor.ts";

export interface Person {
  readonly name: string;
  readonly browser: Visitor;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

export interface People {
  readonly newName: () => string;
  readonly visitor: () => Visitor;
  /** Somebody who is signed in and has a second factor. */
  readonly enrolled: () => Promise<Person>;
  /** The same person in another browser, after the password. */
  readonly halfway: (person: Pick<Person, "name">, browser?: Visitor) => Promise<Visitor>;
}

/** All mail that the app sent. */
export class Outbox {
  readonly mails: Mail[] = [];
  readonly send = (mail: Mail): void => {
    this.mails.push(mail);
  };

  to(name: string): Mail[] {
    return this.mails.filter(({ to }) => to === name);
  }

  /** The newest code that was sent to somebody. */
  readonly codeTo = (name: string): string => {
    const codes = this.to(name).flatMap(({ text }) => /^\d{8} /.exec(text)?.[0].trim() ?? []);
    return codes.at(-1) ?? `no mail to ${name}`;
  };
}

export function peopleAt(url: () => string, { codeTo }: Pick<Outbox, "codeTo">): People {
  let people = 0;
  const newName = (): string => `person-${++people}`;
  const visitor = (): Visitor => new Visitor(url(), codeTo);
  return {
    newName,
    visitor,
    async enrolled() {
      const [name, browser] = [newName(), visitor()];
      await browser.signUp(name);
      const secret = secretOn(await browser.post("/security/turn-on"));
      const page = await browser.post("/security/confirm", { code: await nextCode(secret) });
      return { name, browser, secret, recoveryCodes: recoveryCodesOn(page) };
    },
    async halfway({ name }, browser = visitor()) {
      expect((await browser.signIn(name)).path).toBe("/second-step");
      return browser;
    },
  };
}

export function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

/** The code that a phone shows; each call is a step later, so that none is used twice. */
export async function nextCode(secret: string): Promise<string> {
  pass(30);
  return generateTotp(secret);
}

export async function wrongCode(secret: string): Promise<string> {
  const right = await Promise.all(
    [-60, -30, 0, 30, 60].map((seconds) => generateTotp(secret, { at: new Date(Date.now() + seconds * 1000) })),
  );
  return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !right.includes(code)) ?? "";
}

export function expectOff(page: Page): void {
  expect(page.text).toContain("Two-factor sign-in is <strong>off</strong>");
}

export function expectOn(page: Page): void {
  expect(page.text).toContain("Two-factor sign-in is <strong>on</strong>");
}

/** The devices on their page: the name and the id of each. */
export function devicesOn({ text }: Page): { readonly id: string; readonly name: string }[] {
  return Array.from(text.matchAll(/<h2 id="device-([^"]+)">([^<]+)</g), ([, id = "", name = ""]) => ({ id, name }));
}
