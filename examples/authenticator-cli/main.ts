// An authenticator for the terminal: add accounts by their URIs, list them, make codes.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import {
  generateHotp,
  generateTotp,
  type HotpAccount,
  type OtpauthAccount,
  parseOtpauthUri,
  timeStep,
} from "halfminute";
import { assembleMigration } from "halfminute/migration";
import { generateSteamCode } from "halfminute/steam";

import { type HiddenLines, hiddenLines } from "./hidden-lines.ts";
import { changeVault, readVault } from "./vault.ts";

const USAGE = "usage: main.ts add | list | code NAME (passphrase and URIs come from standard input)";
const FILE = process.env["AUTHENTICATOR_FILE"] ?? path.join(homedir(), ".halfminute-authenticator");

/**
 * What an account is called. Names come from others, so what would steer the terminal is not shown.
 */
function nameOf({ issuer, accountName }: OtpauthAccount): string {
  return (issuer === undefined ? accountName : `${issuer}:${accountName}`).replace(/\p{C}/gu, "?");
}

async function askPassphrase(lines: HiddenLines): Promise<string> {
  const passphrase = await lines.ask("Passphrase: ");
  if (!passphrase) throw new Error("a passphrase is needed");
  return passphrase;
}

async function add(lines: HiddenLines): Promise<void> {
  const passphrase = await askPassphrase(lines);
  const isTypedFirst = process.stdin.isTTY && !existsSync(FILE);
  if (isTypedFirst && (await lines.ask("The same again: ")) !== passphrase) throw new Error("that was not the same");
  const uris: string[] = [];
  for (let line; (line = (await lines.ask("URI, or nothing to end: "))?.trim());) uris.push(line);
  const added = accountsIn(uris);
  await changeVault(FILE, passphrase, (accounts) => {
    const all = new Map(accounts.map((account) => [nameOf(account), account]));
    for (const account of added) {
      const name = nameOf(account);
      // An older copy would set the counter back.
      if (all.has(name)) throw new Error(`${name} is there already; nothing was added`);
      all.set(name, account);
    }
    return [...all.values()];
  });
  console.log(`added ${added.length}`);
}

/** Accounts of `otpauth:` URIs, and of all QR codes of one export of Google Authenticator. */
function accountsIn(uris: readonly string[]): readonly OtpauthAccount[] {
  const isExport = (uri: string) => /^otpauth-migration:/i.test(uri);
  const single = uris.filter((uri) => !isExport(uri)).map((uri) => parseOtpauthUri(uri));
  if (!uris.some(isExport)) return single;
  const { accounts, refused, missing } = assembleMigration(uris.filter(isExport));
  if (missing.length > 0) throw new Error(`the export has ${missing.length} more QR codes; give all of them at once`);
  for (const { index, reason } of refused) console.error(`account ${index + 1} of the export is left out: ${reason}`);
  return [...single, ...accounts];
}

async function list(lines: HiddenLines): Promise<void> {
  const accounts = await readVault(FILE, await askPassphrase(lines));
  for (const account of accounts) console.log(`${account.type.padEnd(5)} ${nameOf(account)}`);
}

async function code(lines: HiddenLines, wanted: string): Promise<void> {
  const passphrase = await askPassphrase(lines);
  const account = find(await readVault(FILE, passphrase), wanted);
  if (account.type === "hotp") {
    console.log(await nextHotpCode(passphrase, wanted));
    return;
  }
  const at = new Date(); // one moment for both
  const { secret, parameters } = account;
  const isSteam = account.type === "steam";
  const shown = isSteam ? generateSteamCode(secret, { at }) : await generateTotp(secret, { ...account.parameters, at });
  console.log(`${shown} (${timeStep({ period: parameters.period, at }).secondsRemaining} s left)`);
}

/** The counter that was read is spent before its code is shown. */
async function nextHotpCode(passphrase: string, wanted: string): Promise<string> {
  const spent: HotpAccount[] = [];
  await changeVault(FILE, passphrase, (accounts) => {
    const account = find(accounts, wanted);
    if (account.type !== "hotp") throw new Error("somebody else has changed the account");
    spent.push(account);
    return accounts.map((other) => (other === account ? { ...account, counter: account.counter + 1 } : other));
  });
  const [{ secret, counter, parameters }] = spent as [HotpAccount];
  return generateHotp(secret, counter, parameters);
}

/** The account of that name, or the only one that has it in its name. */
function find(accounts: readonly OtpauthAccount[], wanted: string): OtpauthAccount {
  const exact = accounts.filter((account) => nameOf(account) === wanted);
  const [account, ...more] = exact.length > 0 ? exact : accounts.filter((one) => nameOf(one).includes(wanted));
  if (!account || more.length > 0) throw new Error(`${account ? more.length + 1 : "no"} accounts have that name`);
  return account;
}

const [command, name, ...rest] = process.argv.slice(2);
const lines = hiddenLines();
try {
  if (command === "add" && name === undefined) await add(lines);
  else if (command === "list" && name === undefined) await list(lines);
  else if (command === "code" && name !== undefined && rest.length === 0) await code(lines, name);
  else throw new Error(USAGE); // an argument that is not wanted may be a secret: it is not repeated
} catch (error) {
  console.error(error instanceof Error ? error.message : "failed");
  process.exitCode = 1;
} finally {
  lines.close();
}
