// `halfminute qr`: the QR code of an otpauth URI, of a secret and options, or of a part of an
// export, in the terminal or in files.
import path from "node:path";
import { parseMigrationUri } from "../migration/index.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describedUri, DESCRIPTION, SECRET_OPTIONS } from "./description.ts";
import { answer, type ExitCode, type Io, type NewFile } from "./io.ts";
import { type Given, readChoice, readInteger, refuse } from "./flags.ts";
import type * as Qr from "../qr/index.ts";
import { BACKGROUND, type Choice, JSON_OPTION, type Option } from "./option.ts";
import { readSecret } from "./secret-source.ts";
import { hasColors, widthOf } from "./screen.ts";
import { UsageError } from "./usage-error.ts";

const SVG: Option = { name: "svg", value: "FILE", isFile: true, text: "write an SVG picture, readable by you only" };
const PNG: Option = { name: "png", value: "FILE", isFile: true, text: "write a PNG picture, readable by you only" };
const FORCE: Option = { name: "force", text: "replace files; write to your pipes and devices" };
const SCALE: Option = { name: "scale", value: "N", text: "pixels of a module, 1 to 32, default 4" };
const ERROR_CORRECTION: Choice<"M" | "L" | "Q" | "H"> = {
  name: "error-correction",
  value: "LEVEL",
  choices: ["M", "L", "Q", "H"],
  text: "L (smallest), M (default), Q or H",
};
const MARGIN: Option = { name: "margin", value: "N", text: "modules of quiet zone, 0 to 32, default 4" };

export const qrCommand: Command = {
  name: "qr",
  summary: "draw the QR code that authenticator apps scan",
  synopsis: ["[options] [URI|SECRET|-]"],
  about: "Draws a URI, or with --account a secret, in the terminal. It holds the secret.",
  options: [
    SVG,
    PNG,
    FORCE,
    SCALE,
    ERROR_CORRECTION,
    MARGIN,
    BACKGROUND,
    ...DESCRIPTION,
    ...SECRET_OPTIONS,
    JSON_OPTION,
  ],
  words: 1,
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const draw = readDrawing(given);
  const uri = await uriFor(words[0], given, io);
  // Loaded only when it is needed, because it runs code of another package.
  const written = await draw(uri, await import("../qr/index.ts"), io);
  answer(io, given, given.has("new") ? `${written.text}\n${uri}` : written.text, { uri, ...written.data });
  return 0;
}

function uriFor(word: string | undefined, given: Given, io: Io): Promise<string> {
  const isDescribed = DESCRIPTION.some(({ name }) => given.has(name));
  return isDescribed ? describedUri(word, given, io) : givenUri(word, given, io);
}

/** Drawn as it was given, because apps may know parameters that we do not. */
async function givenUri(word: string | undefined, given: Given, io: Io): Promise<string> {
  refuse(given, ["hex"], "a secret alone needs --account");
  const uri = await readSecret(word, given, io);
  if (!uri.includes(":")) throw new UsageError("this is not an otpauth URI; a secret alone needs --account");
  if (/^otpauth-migration:/i.test(uri)) parseMigrationUri(uri);
  else parseOtpauthUri(uri);
  return uri;
}

interface Written {
  readonly text: string;
  readonly data: object;
}

type Draw = (uri: string, qr: typeof Qr, io: Io) => Promise<Written>;

/** Reads the options, so that a wrong one is reported before a secret is read. */
function readDrawing(given: Given): Draw {
  const errorCorrection = readChoice(given, ERROR_CORRECTION);
  const chosen = readChoice(given, BACKGROUND);
  const [scale, margin] = [readInteger(given, "scale"), readInteger(given, "margin")];
  const [svg, png] = [given.get("svg"), given.get("png")];
  if (svg === undefined && png === undefined) {
    refuse(given, ["scale", "force"], "only for --svg and --png");
    return (uri, { qrTerminal }, io) => {
      const isColored = given.has("background") || given.has("json") || hasColors(io, io.isShown);
      const terminal = qrTerminal(uri, { errorCorrection, margin, background: isColored ? chosen : "dark" });
      if (!given.has("json")) requireColumns(widthOf(terminal), io.columns);
      return Promise.resolve({ text: terminal, data: { terminal } });
    };
  }
  refuse(given, ["background"], "only without --svg and --png");
  if (svg !== undefined && png !== undefined && path.resolve(svg) === path.resolve(png)) throw twoFiles();
  const options = { errorCorrection, margin, scale };
  return async (uri, { qrSvg, qrPng }, io) => {
    // Both are drawn before one is written.
    const pictures = [
      { name: "svg", file: svg, bytes: new TextEncoder().encode(`${qrSvg(uri, options)}\n`) },
      { name: "png", file: png, bytes: await qrPng(uri, options) },
    ];
    const kinds = [...new Set(await write(pictures.filter(isWanted), given, io))];
    const isPrivate = kinds.every((kind) => kind === "a new file");
    return {
      text: isPrivate ? "written, readable by you only" : `written to ${kinds.join(" and ")}`,
      data: { svg, png },
    };
  };
}

/** A QR code with broken lines cannot be scanned. */
function requireColumns(width: number, columns = Infinity): void {
  if (width <= columns) return;
  throw new UsageError(
    `the QR code takes ${width} columns and the terminal has ${columns}; make it wider, or use --svg or --png`,
  );
}

function isWanted(picture: { readonly file: string | undefined }): picture is Picture {
  return picture.file !== undefined;
}

interface Picture {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes all or none: one file alone might hold a new secret that is printed nowhere.
 */
async function write(pictures: readonly Picture[], given: Given, io: Io): Promise<readonly NewFile["kind"][]> {
  const files: NewFile[] = [];
  try {
    for (const { name, file } of pictures) {
      files.push(await io.createFile(file, given.has("force")).catch(cannotWrite(name)));
    }
    if (new Set(files.map(({ place }) => place)).size < files.length) throw twoFiles();
    for (const [index, { name, bytes }] of pictures.entries())
      await files[index]?.write(bytes).catch(cannotWrite(name));
    for (const [index, { name }] of pictures.entries()) await files[index]?.keep().catch(cannotWrite(name));
    return files.map(({ kind }) => kind);
  } catch (error) {
    for (const file of files) await file.drop();
    throw error;
  }
}

function cannotWrite(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UsageError) throw new UsageError(`the file for --${name} cannot be written; ${error.message}`);
    // The message would repeat the file's name, which may be a misplaced secret.
    const code = /^E[A-Z0-9]+$/.exec(String((error as NodeJS.ErrnoException).code))?.[0] ?? "unknown error";
    const advice = code === "EEXIST" ? "; it exists; --force replaces it" : "";
    throw new UsageError(`the file for --${name} cannot be written (${code})${advice}`);
  };
}

function twoFiles(): UsageError {
  return new UsageError("--svg and --png must name two files");
}
