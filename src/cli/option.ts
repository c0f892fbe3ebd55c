// The options of all commands, each described once. The usage, completions, man page and the
// reading of arguments use these descriptions.

export interface Option {
  readonly name: string;
  /** One letter, as in oathtool. */
  readonly short?: string;
  /** Other long names. */
  readonly aliases?: readonly string[];
  /** The name of its value in the usage; an option without one is a flag. */
  readonly value?: string;
  /** One line for the usage. */
  readonly text: string;
  /** All values, if there are few. The first is the default. */
  readonly choices?: readonly string[];
  readonly isFile?: boolean;
}

export interface Choice<Value extends string> extends Option {
  readonly choices: readonly [Value, ...Value[]];
}

/** Every command also has these two. */
export const HELP: Option = { name: "help", short: "h", text: "explain the program, or a command after its name" };
export const VERSION: Option = { name: "version", short: "V", text: "print the version" };

export const JSON_OPTION: Option = { name: "json", text: "print JSON, one line for each answer" };
export const SECRET_FILE: Option = {
  name: "secret-file",
  value: "FILE",
  isFile: true,
  text: "file with the secret (- for standard input)",
};
export const BASE32: Option = { name: "base32", short: "b", text: "the secret is base32 (default)" };
export const HEX: Option = { name: "hex", text: "the secret is hexadecimal" };
export const BASE64: Option = { name: "base64", text: "with --steam: base64, as in Steam's files" };

export const ALGORITHM: Option = {
  name: "algorithm",
  value: "NAME",
  choices: ["SHA-1", "SHA-256", "SHA-512"],
  text: "SHA-1 (default), SHA-256 or SHA-512",
};
export const DIGITS: Option = {
  name: "digits",
  short: "d",
  value: "N",
  choices: ["6", "7", "8"],
  text: "6 (default), 7 or 8",
};
export const PERIOD: Option = {
  name: "period",
  short: "s",
  aliases: ["time-step-size"],
  value: "SECONDS",
  text: "length of a time step, default 30",
};
export const T0: Option = {
  name: "t0",
  short: "S",
  aliases: ["start-time"],
  value: "MOMENT",
  text: "start of the first time step, default 0, in 1970",
};
export const AT: Option = {
  name: "at",
  short: "N",
  aliases: ["now"],
  value: "MOMENT",
  text: "now (default), @SECONDS, or 2026-01-31T12:00:00Z",
};
export const COUNTER: Option = { name: "counter", short: "c", value: "N", text: "HOTP with this counter" };
export const STEAM: Option = { name: "steam", text: "Steam Guard, with five letters and digits" };

export const ACCOUNT: Option = { name: "account", value: "NAME", text: "account name, without a colon" };
export const ISSUER: Option = { name: "issuer", value: "NAME", text: "name of the service, without a colon" };
export const NEW: Option = { name: "new", text: "make a new secret instead of reading one" };
export const TYPE: Choice<"totp" | "hotp" | "steam"> = {
  name: "type",
  value: "TYPE",
  choices: ["totp", "hotp", "steam"],
  text: "totp (default), hotp or steam",
};
export const FIRST_COUNTER: Option = { ...COUNTER, text: "for hotp: counter of the next code, default 0" };
export const SCHEME: Choice<"otpauth" | "apple-otpauth"> = {
  name: "scheme",
  value: "SCHEME",
  choices: ["otpauth", "apple-otpauth"],
  text: "otpauth (default) or apple-otpauth",
};
export const BACKGROUND: Choice<"any" | "light" | "dark"> = {
  name: "background",
  value: "COLOR",
  choices: ["any", "light", "dark"],
  text: "of the terminal: any (colors), light or dark",
};
