// What imported accounts are called. Apps know an account by its label, so no two secrets may have the same one.
import type { OtpauthAccount } from "../otpauth/account.ts";

/**
 * Each account with a name. One without is called by its issuer, or else numbered; and of those with one label, but different secrets, the
 * later ones get a number, which `onRenamed` learns.
 */
export function toDistinct(
  accounts: readonly OtpauthAccount[],
  onRenamed: (account: OtpauthAccount, newName: string) => void,
): readonly OtpauthAccount[] {
  const secrets = new Map<string, string>();
  return accounts.map((account, index) => {
    const name = account.accountName || (account.issuer ?? `account ${index + 1}`);
    for (let count = 1; ; count++) {
      const named = { ...account, accountName: count === 1 ? name : `${name} (${count})` };
      const label = labelOf(named);
      const secret = secrets.get(label) ?? account.secret;
      if (secret !== account.secret) continue;
      secrets.set(label, secret);
      if (count > 1) onRenamed(account, named.accountName);
      return named;
    }
  });
}

/** A label has no place for a second colon, and an account must not be lost for one. */
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
