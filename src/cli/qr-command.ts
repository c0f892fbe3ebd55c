// `halfminute qr`: an otpauth URI, the account that it is made of, or a part of an export, as a QR code: in the terminal, or into
// files.
import path from "node:path";
import { parseMigrationUri } from "../migration/index.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { DESCRIPTION_HELP, DESCRIPTION_OPTIONS, describedUri } from "./description.ts";
import { answer, type ExitCode, type Io, type NewFile } from "./io.ts";
import { type Given, readChoice, readInteger, refuse } from "./flags.ts";
import type * as Qr from "../qr/index.ts";
import { readSecret, SOURCES_HELP } from "./secret-source.ts";
import { warnIfTooWide } from "./table.ts";
import { UsageError } from "./usage-error.ts";

export const qrCommand: Command = {
  name: "qr",
  summary: "draw the QR code that authenticator apps scan",
  help: `Usage: halfminute qr [options] [URI|-]
       halfminute qr --account NAME [options] [SECRET|-]

Draws the QR code of an otpauth or otpauth-migration URI, or of a secret and
the options of the command uri. Without a file it is drawn in the terminal, as
black on white whatever the colours of the terminal are. It holds the secret:
treat it like one.

  --svg FILE           write an SVG picture, readable by you only
  --png FILE           write a PNG picture, readable by you only
  --force              replace the files, and links by their names; a pipe or
                       device is written into, if it is yours
  --scale N            pixels of a module in a picture, 1 to 32, default 4
  --error-correction L,
                       M (default), Q or H; L is smallest
  --margin N           modules of quiet zone, 0 to 32, default 4, which
                       scanners need
  --background WHAT    in the terminal: any (default) sets the colours; light
                       and dark are without colours, for such a background
  --json               { "uri": TEXT, "terminal": TEXT } or, with files,
                       { "uri": TEXT, "svg": FILE, "png": FILE }

For an account, otherwise the URI says all of it:

${DESCRIPTION_HELP}

With --new the URI is printed too, for nothing else has the secret.

${SOURCES_HELP}`,
  syntax: {
    values: ["secret-file", ...DESCRIPTION_OPTIONS, "svg", "png", "scale", "error-correction", "margin", "background"],
    flags: ["new", "force", "json"],
    words: 1,
  },
  run,
};

async function run({ words, given }: Arguments, io: Io): Promise<ExitCode> {
  const draw = readDrawing(given);
  const uri = await uriFor(words[0], given, io);
  // Loaded here alone: no other command runs code of another package.
  const written = await draw(uri, await import("../qr/index.ts"), io);
  answer(io, given, given.has("new") ? `${written.text}\n${uri}` : written.text, { uri, ...written.data });
  return 0;
}

function uriFor(word: string | undefined, given: Given, io: Io): Promise<string> {
  const isDescribed = ["new", ...DESCRIPTION_OPTIONS].some((name) => given.has(name));
  return isDescribed ? describedUri(word, given, io) : givenUri(word, given, io);
}

/** Drawn as it was given, for apps may know parameters that we do not; but only if it is one. */
async function givenUri(word: string | undefined, given: Given, io: Io): Promise<string> {
  const uri = await readSecret(word, given, io);
  if (!uri.includes(":")) throw new UsageError("this is no otpauth URI; a secret alone needs --account");
  if (/^otpauth-migration:/i.test(uri)) parseMigrationUri(uri);
  else parseOtpauthUri(uri);
  return uri;
}

interface Written {
  readonly text: string;
  readonly data: object;
}

type Draw = (uri: string, qr: typeof Qr, io: Io) => Promise<Written>;

/** The options at once, so that a wrong one is told before a secret is waited for. */
function readDrawing(given: Given): Draw {
  const errorCorrection = readChoice(given, "error-correction", ["M", "L", "Q", "H"]);
  const background = readChoice(given, "background", ["any", "light", "dark"]);
  const [scale, margin] = [readInteger(given, "scale"), readInteger(given, "margin")];
  const [svg, png] = [given.get("svg"), given.get("png")];
  if (svg === undefined && png === undefined) {
    refuse(given, ["scale", "force"], "only for --svg and --png");
    return (uri, { qrTerminal }, io) => {
      const terminal = qrTerminal(uri, { errorCorrection, margin, background });
      warnIfTooWide(terminal, io.columns, "use --svg or --png", io);
      return Promise.resolve({ text: terminal, data: { terminal } });
    };
  }
  refuse(given, ["background"], "only in the terminal");
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

function isWanted(picture: { readonly file: string | undefined }): picture is Picture {
  return picture.file !== undefined;
}

interface Picture {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** All or none: one alone would hold a secret that, if it is a new one, nobody is told. Tells where they are. */
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
    // The message would repeat the file's name, which may be a secret that was put in the wrong place.
    const code = /^E[A-Z0-9]+$/.exec(String((error as NodeJS.ErrnoException).code))?.[0] ?? "unknown error";
    const advice = code === "EEXIST" ? "; it exists, and --force overwrites it" : "";
    throw new UsageError(`the file for --${name} cannot be written (${code})${advice}`);
  };
}

function twoFiles(): UsageError {
  return new UsageError("--svg and --png need two files");
}
