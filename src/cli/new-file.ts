// A file that only its owner may read and write. Over another one it is written beside it and then renamed: whoever holds the old
// one open, and wherever a link by that name leads, gets nothing of it.
import { randomUUID } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { NewFile } from "./io.ts";

export async function createFile(file: string, isOverwriting: boolean): Promise<NewFile> {
  const folder = await realpath(path.dirname(file));
  const place = path.join(folder, path.basename(file));
  if (!isOverwriting) return inPlace(place, await open(place, "wx", 0o600));
  if (await isStream(file)) return asStream(place, await open(file, "w"));
  const beside = path.join(folder, `.halfminute-${randomUUID()}`);
  return renamed(place, beside, await open(beside, "wx", 0o600));
}

/** The names of what is open already are links, in folders where nothing must be replaced. */
const OPEN_FILES = /^\/(?:dev\/(?:std|fd\/)|proc\/)/;

/** A pipe or a device. A folder too: opening that fails, as it should. */
async function isStream(file: string): Promise<boolean> {
  if (OPEN_FILES.test(path.resolve(file))) return true;
  const stats = await stat(file).catch(() => undefined); // a link that leads nowhere is replaced as well
  return stats !== undefined && !stats.isFile();
}

function inPlace(place: string, handle: FileHandle): NewFile {
  return {
    ...{ place, write: writer(handle), keep: nothing },
    drop: async () => {
      await close(handle);
      await remove(place);
    },
  };
}

function renamed(place: string, beside: string, handle: FileHandle): NewFile {
  let at = beside;
  return {
    ...{ place, write: writer(handle) },
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

/** It keeps its mode, and is still there when it is dropped. */
function asStream(place: string, handle: FileHandle): NewFile {
  return { place, write: writer(handle), keep: nothing, drop: () => close(handle) };
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
