// Limits by address, before a password or code is looked at. The flow limits codes of each person by itself.

/** What one address may do in a minute on the routes that take a password or a code. */
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

/** Where a framework has no limit of its own: counts in this process, and rejects whoever is over it. */
export function limitInMemory(): (ip: string) => Promise<void> {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return (ip) => {
    const now = Date.now();
    if (now >= endsAt) [counts, endsAt] = [new Map<string, number>(), now + 60_000];
    const key = networkOf(ip);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= ATTEMPTS_PER_MINUTE) return Promise.resolve();
    const headers = { "Retry-After": String(Math.ceil((endsAt - now) / 1000)) };
    return Promise.reject(Object.assign(new Error(TOO_MANY.error), { status: 429, headers }));
  };
}
