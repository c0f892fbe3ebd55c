// What the manual page says beyond the usage of the commands.

export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "Done; for verify: the code is accepted."],
  ["1", "The code is refused, a test vector failed, or import or inspect could not read all of the input."],
  ["2", "Wrong use or failure; for import and inspect: nothing could be read. After verify, also --help has it."],
  ["130", "Stopped with Ctrl-C."],
  ["143", "Stopped by SIGTERM."],
];

/** By command. */
export const NOTES: Readonly<Partial<Record<string, string>>> = {
  qr: `With --new the URI is printed too, because nothing else has the secret. Without colors the code is drawn for a dark
background. --force replaces a link by a file; it refuses pipes and devices of other users.`,
  enroll: `An app may ignore the algorithm, digits or period, or have a wrong clock: enroll looks for a code that is up to 100 time
steps away, and accepts none of these.`,
  code: `With several URIs all are read before a code is printed. On a terminal --watch redraws one line with the time that is left;
into a pipe or file it writes a line for each new code, until nothing reads it. A MOMENT without a time is the first of its day in UTC.
Options that contradict a URI are refused; --counter replaces the counter of an hotp URI.`,
  verify: `Nothing is remembered between two calls. Without --after a code is accepted again; for HOTP, set --counter to the next
counter.`,
  import: `Pictures need the packages pngjs and jpeg-js: npm install pngjs jpeg-js, or with npx: npx -p halfminute -p pngjs -p
jpeg-js halfminute import FILE.`,
};

export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  [
    "HALFMINUTE_SECRET",
    "The secret, unless an argument, - or --secret-file gives it. Standard input is read only if this is not set.",
  ],
  ["NO_COLOR", "If it is not empty, no colors are used unless --background any asks for them."],
  ["TERM", "If it is dumb, no escape sequences are used; --watch prints lines."],
];

const ACCOUNT = `{ "type": TYPE, "secret": TEXT, "issuer": TEXT (if any),
  "accountName": TEXT, "image": URL (if any),
  "parameters": { "algorithm": NAME, "digits": N, "period": N (not hotp) },
  "counter": N (hotp) }`;

/** What each command prints with `--json`. */
export const JSON_SHAPES: Readonly<Partial<Record<string, string>>> = {
  secret: `{ "secret": TEXT, "byteLength": N }`,
  uri: `{ "uri": TEXT, "account": ACCOUNT }, where ACCOUNT is
${ACCOUNT}`,
  qr: `{ "uri": TEXT, "terminal": TEXT }
{ "uri": TEXT, "svg": FILE, "png": FILE } with files`,
  enroll: `{ "uri": TEXT, "account": ACCOUNT, "counter": N, "delta": N }`,
  code: `{ "type": "totp" or "steam", "code": TEXT, "counter": N,
  "startsAt": TIME, "endsAt": TIME, "secondsRemaining": N (the first) }
{ "type": "hotp", "code": TEXT, "counter": N }
With several URIs also "issuer": TEXT or null, "accountName": TEXT`,
  verify: `{ "accepted": true, "type": TYPE, "counter": N, "delta": N }
{ "accepted": false, "type": TYPE, "counter": null, "delta": null }`,
  inspect: `A line for each URI:
{ "type": TYPE, "issuer": TEXT or null, "accountName": TEXT,
  "prefix": TEXT (of the label, if it differs from the issuer),
  "image": URL (if any), "secret": TEXT or null, "secretBytes": N,
  "parameters": { "algorithm": NAME, "digits": N, "period": N (not hotp) },
  "counter": N (hotp) }`,
  import: `{ "accounts": [ ACCOUNT ],
  "exports": [ { "batch": { "id": N, "size": N },
    "refused": [ { "part": N, "index": N, "reason": TEXT,
      "issuer": TEXT (if any), "accountName": TEXT } ],
    "missing": [ N ] } ], "unread": [ TEXT ] }; parts count from 0`,
  export: `{ "uris": [ TEXT ] }`,
  vectors: `{ "ok": BOOLEAN, "version": TEXT, "runtime": TEXT, "passed": N,
  "failed": N, "files": [ { "file": TEXT, "passed": N, "failed": N,
    "failures": [ { "row": N, "layers": [ TEXT ] } ] } ] }`,
  version: `{ "version": TEXT }`,
};

export const EXAMPLES: readonly (readonly [what: string, command: string])[] = [
  [
    "The code of a secret in a file, and what oathtool prints for it:",
    "halfminute code --secret-file FILE\noathtool --totp -b @FILE",
  ],
  ["The codes of several accounts:", "halfminute code --secret-file uris.txt"],
  ["Whether a code is right, with one time step of tolerance:", 'halfminute verify -w1 --secret-file FILE -- "$CODE"'],
];
