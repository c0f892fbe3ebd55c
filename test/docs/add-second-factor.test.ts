// docs/guide/add-second-factor.md from the empty folder on: its commands, its files, and what it
// says that the browser shows.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { buildOtpauthUri, generateTotp, timeStep } from "halfminute";
import { qrSvg } from "halfminute/qr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isInstalled } from "../examples/listening.ts";
import { hasPostgres, type Server, startPostgres } from "../stores/servers.ts";
import {
  APP,
  convert,
  follow,
  freePort,
  LANGUAGES,
  POSTGRES,
  type Running,
  SQLITE,
  start,
  type Tutorial,
} from "./tutorial.ts";
import { Visitor } from "./visitor.ts";

const run = promisify(execFile);
const isReady = isInstalled("examples/frameworks", "express-rate-limit");

it("has no fence that this test does not use", () => {
  expect(LANGUAGES).toEqual(
    ["sh", "js save=database.js", "js save=app.js", "sh", "js save=database.js", "sh"].concat([
      "ts heads=database.ts",
      "ts heads=app.ts",
      "sh",
    ]),
  );
});

const KINDS = [
  ["JavaScript with SQLite", SQLITE, false],
  ["JavaScript with PostgreSQL", POSTGRES, false],
  ["TypeScript with SQLite", SQLITE, true],
  ["TypeScript with PostgreSQL", POSTGRES, true],
] as const;

describe.runIf(isReady).each(KINDS)("%s", (_name, database, isTyped) => {
  const isThere = database !== POSTGRES || hasPostgres();
  let tutorial: Tutorial | undefined;
  let running: Running | undefined;
  let server: Server | undefined;
  let restart: () => Promise<Running>;

  beforeAll(async () => {
    if (!isThere) return;
    const made = follow(database);
    tutorial = made;
    if (isTyped) convert(made, database);
    if (database === POSTGRES) server = await startPostgres();
    const port = await freePort();
    restart = () => start(made.folder, port, `postgres://postgres@/postgres?host=${server?.address ?? ""}`);
    running = await restart();
  });
  afterAll(async () => {
    await running?.stop();
    await server?.stop();
    tutorial?.remove();
  });

  it.runIf(isThere)("goes as the page says", async () => {
    if (!running) throw new Error("it did not start");
    const { url } = running;
    const email = "alice@example.com";
    const person = { email, password: "correct horse" };
    const home = new Visitor(url);
    expect(await home.open()).toMatchObject({ status: 401, title: "Sign in first" });

    // 1
    await home.press("Sign up", person);
    expect(home.title).toBe(`Hello ${email}`);

    // 2
    await home.press("Turn on two-factor");
    const secret = /(?:[A-Z2-7]{4} ){8}/.exec(home.text)?.[0].replaceAll(" ", "") ?? "";
    const picture = qrSvg(buildOtpauthUri({ issuer: "Acme", accountName: email, secret }));
    expect(home.text).toContain(picture);
    const { endsAt } = timeStep();
    const [code, next] = [await generateTotp(secret), await generateTotp(secret, { at: endsAt })];
    const wrong = ["000000", "111111", "222222"].find((each) => each !== code && each !== next) ?? "";
    await home.press("Confirm", { code: wrong });
    expect([home.status, home.title]).toEqual([401, "wrong or already used; wait for the next code"]);
    expect(home.text).toContain('<a href="/two-factor/enroll">Back</a>');
    await home.open("/two-factor/enroll");
    expect(home.text).toContain(picture);
    await home.press("Confirm", { code });
    expect(home.title).toBe("Keep these");
    const recoveryCodes = home.text.match(/(?:[A-Z2-7]{4}-?){6}/g) ?? [];
    expect(recoveryCodes).toHaveLength(10);
    await home.again({ code });
    expect(home.status).toBe(409);
    expect(home.text).not.toContain("<button");
    for (const address of ["/two-factor/enroll", "/login/code", "/"]) {
      expect(await home.open(address)).toMatchObject({ status: 200, title: `Hello ${email}` });
    }
    expect(home.text).toContain("Recovery codes: 10");

    // A change that was left cannot be taken up again.
    const left = new Visitor(url);
    await left.open();
    await left.press("Sign in", person);
    await left.press("Continue", { code: recoveryCodes[9] ?? "" });
    await left.press("New phone", { code: recoveryCodes[8] ?? "" });
    expect(left.title).toBe("Scan this");
    await left.open();
    expect(await left.open("/two-factor/enroll")).toMatchObject({ title: `Hello ${email}` });

    // 3
    const private_ = new Visitor(url);
    await private_.open();
    await private_.press("Sign in", { ...person, password: "wrong horse" });
    expect([private_.status, private_.title]).toEqual([401, "Wrong e-mail address or password"]);
    await private_.press("Sign in", person);
    expect(private_.title).toBe("Enter a code");
    await private_.press("Continue", { code });
    expect(private_.title).toBe("wrong or already used; wait for the next code");
    expect(await new Visitor(url, private_.cookies).open()).toMatchObject({ status: 401 });
    await private_.press("Try again", { code: next, remember: "on" });
    expect(private_.title).toBe(`Hello ${email}`);
    await private_.press("Sign out");
    expect([private_.status, private_.title]).toEqual([401, "Sign in first"]);
    await private_.open();
    await private_.press("Sign in", { ...person, email: email.toUpperCase() });
    expect(private_.title).toBe(`Hello ${email}`);

    // 4
    const elsewhere = new Visitor(url);
    const signInWith = async (typed: string): Promise<string> => {
      elsewhere.signOut();
      await elsewhere.open();
      await elsewhere.press("Sign in", person);
      await elsewhere.press("Continue", { code: typed });
      return elsewhere.title;
    };
    expect(await signInWith(recoveryCodes[0] ?? "")).toBe(`Hello ${email}`);
    expect(elsewhere.text).toContain("Recovery codes: 7");
    expect(await signInWith(recoveryCodes[0] ?? "")).toMatch(/^wrong or already used/);

    // 5, after a restart: accounts and devices stay, sessions do not
    await running.stop();
    running = await restart();
    await elsewhere.open();
    expect(elsewhere.title).toBe("Sign in first");
    await elsewhere.press("Sign in", person);
    await elsewhere.press("Continue", { code: wrong });
    const titles: string[] = [];
    for (let time = 0; time < 5; time++) {
      await elsewhere.press("Try again", { code: wrong });
      titles.push(`${elsewhere.status} ${elsewhere.title}`);
    }
    expect(titles.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^401 wrong/) as unknown));
    expect(titles[4]).toMatch(/^429 too many attempts/);

    // 6
    await private_.open();
    await private_.press("Sign in", person);
    expect(private_.title).toBe(`Hello ${email}`); // remembered, which is not enough for what follows
    for (const code of ["", next, recoveryCodes[0] ?? ""]) {
      await private_.press("Turn off", { code });
      expect(private_.status).toBeOneOf([401, 429]);
      await private_.open();
      expect(private_.text).toContain("Turn off");
    }
    expect(await signInWith(recoveryCodes[1] ?? "")).toBe(`Hello ${email}`);
    await private_.press("Turn off", { code: recoveryCodes[2] ?? "" });
    expect([private_.status, private_.title]).toEqual([200, `Hello ${email}`]);
    expect(private_.text).toContain("Turn on two-factor");
    expect(await elsewhere.open()).toMatchObject({ status: 401 });
    await elsewhere.press("Sign in", person);
    expect(elsewhere.title).toBe(`Hello ${email}`);
  });
});

describe.runIf(isReady)("the app", () => {
  it("says why it does not start", async () => {
    const tutorial = follow();
    try {
      const port = await freePort();
      const options = { cwd: tutorial.folder, env: { ...process.env, PORT: String(port) } };
      const second = (): Promise<unknown> => run(process.execPath, ["--env-file=.env", "app.js"], options);
      const first = await start(tutorial.folder, port, "");
      await expect(second()).rejects.toThrow(/EADDRINUSE/);
      await first.stop();
      writeFileSync(path.join(tutorial.folder, ".env"), "");
      await expect(second()).rejects.toThrow("start with --env-file=.env");
    } finally {
      tutorial.remove();
    }
  });
});

describe.runIf(isReady)("the page", () => {
  it("installs what its files need, and no more", () => {
    const tutorial = follow();
    try {
      const needed = new Set(`${SQLITE}${APP}`.match(/(?<=require\(")[a-z][\w-]+(?=[/"])/g));
      expect(tutorial.installed.toSorted()).toEqual([...needed].toSorted());
      const env = readFileSync(path.join(tutorial.folder, ".env"), "utf8");
      const [, key = ""] = /^SEALING_KEY=(.*)$/m.exec(env) ?? [];
      expect(Buffer.from(key, "base64")).toHaveLength(32);
    } finally {
      tutorial.remove();
    }
  });
});
