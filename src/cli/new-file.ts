// A file that only its owner may read and write. To replace another one, it is written beside it
// and then renamed, so neither a process that has the old one open nor the target of a link gets
// its content. Only pipes and devices are written to directly.
import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { NewFile } from "./io.ts";
import { UsageError } from "./usage-error.ts";

export async function createFile(file: string, isOverwriting: boolean): Promise<NewFile> {
  const folder = await realpath(path.dirname(file));
  const place = path.join(folder, path.basename(file));
  if (!isOverwriting) return inPlace(place, await open(place, "wx", 0o600));
  const isOpen = OPEN_FILES.test(path.resolve(file));
  const stats = await stat(file).catch(() => undefined); // a broken link is replaced too
  if (isOpen || (stats && !stats.isFile())) return asStream(place, file, isOpen, stats);
  const beside = path.join(folder, `.halfminute-${randomUUID()}`);
  return renamed(place, beside, await open(beside, "wx", 0o600));
}

/** Names of already open files. They are links, in folders where nothing must be replaced. */
const OPEN_FILES = /^\/(?:dev\/(?:std|fd\/)|proc\/)/;

/**
 * A pipe, a device, or a file that the parent process has opened. It keeps its mode, and is still
 * there after `drop`. Opening a folder fails, as it should. Others may change what a name leads to,
 * so the opened file is checked; the check before that avoids waiting for someone else's pipe.
 */
async function asStream(place: string, file: string, isOpen: boolean, stats: Stats | undefined): Promise<NewFile> {
  if (!isOpen && stats) requireOwn(stats);
  const handle = await open(file, constants.O_WRONLY | constants.O_NOCTTY); // not created or truncated before it is checked
  try {
    const opened = await handle.stat();
    if (!isOpen) requireOwn(opened);
    if (opened.isFile()) await handle.truncate();
    return { place, kind: kindOf(opened), write: writer(handle), keep: nothing, drop: () => close(handle) };
  } catch (error) {
    await close(handle);
    throw error;
  }
}

function kindOf(stats: Stats): NewFile["kind"] {
  if (stats.isFile()) return "an open file";
  return stats.isFIFO() ? "a pipe" : "a device";
}

/** System devices such as /dev/null belong to root, and anyone may use them. */
function requireOwn(stats: Stats): void {
  const user = process.getuid?.() ?? stats.uid;
  const isSystems = stats.isCharacterDevice() && stats.uid === 0;
  const isOwn = !stats.isFile() && (stats.uid === user || isSystems);
  if (!isOwn && !stats.isDirectory()) throw new UsageError("it is not your own pipe or device");
}

function inPlace(place: string, handle: FileHandle): NewFile {
  return {
    place,
    kind: "a new file",
    write: writer(handle),
    keep: nothing,
    drop: async () => {
      await close(handle);
      await remove(place);
    },
  };
}

function renamed(place: string, beside: string, handle: FileHandle): NewFile {
  let at = beside;
  return {
    place,
    kind: "a new file",
    write: writer(handle),
    keep: async () => {
      await rename(beside, place);
      at = place;
    },
    drop: async () => {
      await close(handle);
      await remove(at);
    },
  };
}

function writer(handle: FileHandle): (bytes: Uint8Array) => Promise<void> {
  return async (bytes) => {
    await handle.writeFile(bytes);
    await handle.close();
  };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

async function close(handle: FileHandle): Promise<void> {
  await handle.close().catch(nothing); // it may be closed already
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch(nothing);
}
