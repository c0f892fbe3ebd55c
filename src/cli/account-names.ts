// The names of imported accounts. Apps know an account by its label, so no two secrets may have the
// same one.
import type { OtpauthAccount } from "../otpauth/account.ts";

/**
 * Gives each account a name: one without gets its issuer's, or else a number. Of accounts with the
 * same label but different secrets, the later ones get a number, and `onRenamed` is called.
 */
export function toDistinct(
  accounts: readonly OtpauthAccount[],
  onRenamed: (account: OtpauthAccount, newName: string) => void,
): readonly OtpauthAccount[] {
  const names = new Map<string, string>(); // by label and secret
  const taken = new Map<string, number>(); // labels, with the last number that was tried behind each
  return accounts.map((account, index) => {
    const name = account.accountName || (account.issuer ?? `account ${index + 1}`);
    const label = labelOf({ ...account, accountName: name });
    const key = `${account.secret} ${label}`;
    const known = names.get(key);
    let accountName = known ?? name;
    for (let count = taken.get(label) ?? 0; known === undefined && taken.has(labelOf({ ...account, accountName }));) {
      count = Math.max(count, 1) + 1;
      taken.set(label, count);
      accountName = `${name} (${count})`;
    }
    const own = labelOf({ ...account, accountName });
    taken.set(own, taken.get(own) ?? 1);
    names.set(key, accountName);
    if (accountName !== name) onRenamed(account, accountName);
    return { ...account, accountName };
  });
}

/** A label has no place for a second colon, and an account must not be lost because of one. */
export function withoutColons(account: OtpauthAccount): OtpauthAccount {
  const { issuer, accountName } = account;
  const written = issuer === undefined ? {} : { issuer: hyphenated(issuer) };
  return { ...account, ...written, accountName: hyphenated(accountName) };
}

function hyphenated(name: string): string {
  return name.replaceAll(":", "-");
}

function labelOf(account: OtpauthAccount): string {
  const { issuer, accountName } = withoutColons(account);
  return issuer === undefined ? accountName : `${issuer}:${accountName}`;
}
