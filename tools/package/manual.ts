// The manual page `halfminute.1`, made from the descriptions that the program has. Only the notes
// are written for it alone.
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { HELP, type Option, VERSION } from "../../src/cli/option.ts";
import { ENVIRONMENT, EXAMPLES, EXIT_CODES, JSON_SHAPES, NOTES } from "./manual-notes.ts";

/** The text of the page, in the man macros of roff. */
export function manualPage(version: string): string {
  return `.\\" Made by tools/package/manual.ts.
.TH HALFMINUTE 1 "" "halfminute ${version}" "User Commands"
.SH NAME
halfminute \\- make and check one\\-time codes
.SH SYNOPSIS
.B halfminute
.I COMMAND
.RI [ options ]
.SH DESCRIPTION
.TP 12
${COMMANDS.map(({ name, summary }) => `.B ${name}\n${escaped(summary)}`).join("\n.TP\n")}
.PP
Options may be bundled as in
.BR \\-bd8 .
A value follows in the same word or the next:
.BR \\-d8 ,
.BR "\\-d 8" ,
.BR \\-\\-digits=8 .
.TP
.B ${escaped(spelling(HELP))}
${escaped(HELP.text)}
.TP
.B ${escaped(spelling(VERSION))}
${escaped(VERSION.text)}
.SH COMMANDS
${COMMANDS.map(section).join("\n")}
.SH EXIT STATUS
${EXIT_CODES.map(([code, meaning]) => `.TP\n.B ${code}\n${escaped(meaning)}`).join("\n")}
.SH ENVIRONMENT
${ENVIRONMENT.map(([name, meaning]) => `.TP\n.B ${name}\n${escaped(meaning)}`).join("\n")}
.SH EXAMPLES
${EXAMPLES.map(([what, command]) => `.PP\n${escaped(what)}\n${literal(command)}`).join("\n")}
.SH SEE ALSO
.BR oathtool (1)
`;
}

function section({ name, synopsis, about, options }: Command): string {
  const forms = synopsis.map((form) => `.B halfminute ${name}\n${escaped(form)}`).join("\n.br\n");
  const note = NOTES[name];
  const shape = JSON_SHAPES[name];
  return [
    `.SS ${name}`,
    forms,
    ...about.split("\n\n").map(paragraph),
    ...(note === undefined ? [] : [paragraph(note)]),
    ...options.map((option) => `.TP\n.B ${escaped(spelling(option))}\n${escaped(option.text)}`),
    ...(shape === undefined ? [] : [`.PP\nWith \\fB\\-\\-json\\fR:\n${literal(shape)}`]),
  ].join("\n");
}

/** Lines that begin with a space stay as they are. */
function paragraph(text: string): string {
  return /^ /m.test(text) ? literal(text) : `.PP\n${escaped(text)}`;
}

function literal(text: string): string {
  return `.PP\n.RS 4\n.nf\n${escaped(text)}\n.fi\n.RE`;
}

/** The other names are here alone: the usage has no room for them. */
function spelling({ short, name, aliases = [], value }: Option): string {
  const names = [...(short === undefined ? [] : [`-${short}`]), ...[name, ...aliases].map((long) => `--${long}`)];
  return `${names.join(", ")}${value === undefined ? "" : ` ${value}`}`;
}

/** No text becomes a request, an escape, a typographic hyphen or quote. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replace(/^(?=\.)/gm, "\\&");
}
