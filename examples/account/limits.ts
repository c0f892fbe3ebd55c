// Limits by address, before a password or code is looked at. The flow limits codes of each person by itself.

/** What one address may do in a minute on all routes that take a password or a code. */
export const ATTEMPTS_PER_MINUTE = 20;
export const TOO_MANY = { error: "too-many-requests" };

/** What counts as one address: an IPv4 address, or the network of an IPv6 address. One machine has a whole network of those. */
export function networkOf(ip: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (mapped !== undefined || !ip.includes(":")) return mapped ?? ip;
  const [before = [], after = []] = ip.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return before.concat(zeros, after).slice(0, 4).join(":");
}
