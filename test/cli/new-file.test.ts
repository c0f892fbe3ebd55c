// Whose pipes and devices are written into. The owner is a pretended one, so that no other user is
// needed.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

import { createFile } from "../../src/cli/new-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));
const pipe = path.join(folder, "pipe");

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.skipIf(process.platform === "win32")("writing over what is there", () => {
  it("a pipe of this user is written into", async () => {
    execFileSync("sh", ["-c", `mkfifo '${pipe}'`]);
    const reader = openSync(pipe, constants.O_RDWR); // so that nobody waits for the other end
    const file = await createFile(pipe, true);
    await file.write(Buffer.from("secret"));
    const got = Buffer.alloc(6);
    readSync(reader, got);
    expect([file.kind, got.toString()]).toEqual(["a pipe", "secret"]);
    closeSync(reader);
  });

  it("a pipe of another user is refused, and not waited for", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(statSync(pipe).uid + 1);
    await expect(createFile(pipe, true)).rejects.toThrow("it is not your own pipe or device");
  });

  it("a pipe that is another one, of another user, when it is open is refused", async () => {
    const reader = openSync(pipe, constants.O_RDWR);
    const { uid } = statSync(pipe);
    vi.spyOn(process, "getuid")
      .mockReturnValueOnce(uid)
      .mockReturnValue(uid + 1);
    await expect(createFile(pipe, true)).rejects.toThrow("it is not your own pipe or device");
    closeSync(reader);
  });

  it("a device of the system may be anybody's", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(12_345);
    const file = await createFile("/dev/null", true);
    expect(file.kind).toBe("a device");
    await file.drop();
  });

  it("a file is replaced, and a folder is not", async () => {
    const place = path.join(folder, "file");
    writeFileSync(place, "theirs");
    const file = await createFile(place, true);
    await file.write(Buffer.from("ours"));
    await file.keep();
    expect([file.kind, statSync(place).mode & 0o777]).toEqual(["a new file", 0o600]);
    await expect(createFile(folder, true)).rejects.toMatchObject({ code: "EISDIR" });
  });
});
