// A phone: it photographs the page with zbarimg and makes codes with oathtool. Nothing of it is
// ours.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PERIOD = 30;
/** Seconds left in a time step that are enough to type a code that is about to expire. */
const ENOUGH = 10;

export class Phone {
  readonly secret: string;
  #lastCounter = -1;

  constructor(uri: string) {
    const { protocol, host, searchParams } = new URL(uri);
    if (protocol !== "otpauth:" || host !== "totp") throw new Error(`an app would not read ${uri}`);
    this.secret = searchParams.get("secret") ?? "";
  }

  /** What the camera sees in a picture. */
  static scan(picture: Buffer): Phone {
    const folder = mkdtempSync(path.join(tmpdir(), "halfminute-photo-"));
    try {
      const file = path.join(folder, "photo.png");
      writeFileSync(file, picture);
      const options = ["--nodbus", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", file];
      return new Phone(execFileSync("zbarimg", options, { encoding: "utf8" }).trim());
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  codeAt(counter: number): string {
    const words = ["--totp", "-b", this.secret, "-N", `@${counter * PERIOD}`];
    return execFileSync("oathtool", words, { encoding: "utf8" }).trim();
  }

  /**
   * The earliest code that is newer than all before and passes now: the app takes the one before
   * and the one after, too.
   */
  async code(): Promise<string> {
    let now = Date.now() / 1000;
    while (now % PERIOD > PERIOD - ENOUGH || this.#lastCounter > Math.floor(now / PERIOD)) {
      await sleep(500);
      now = Date.now() / 1000;
    }
    this.#lastCounter = Math.max(this.#lastCounter + 1, Math.floor(now / PERIOD) - 1);
    return this.codeAt(this.#lastCounter);
  }

  /** One that belongs to no time step near. */
  wrongCode(): string {
    const now = Math.floor(Date.now() / 1000 / PERIOD);
    const near = Array.from({ length: 21 }, (_, index) => this.codeAt(now - 10 + index));
    return Array.from({ length: 30 }, (_, digit) => String(111_111 + digit)).find((code) => !near.includes(code)) ?? "";
  }
}
