// Limits by address, before a password or code is looked at. The flow limits codes of each person
// by itself.

/** What one address may do in a minute on the routes that take a password or a code. */
export const ATTEMPTS_PER_MINUTE = 20;
export const TOO_MANY = { error: "too-many-requests" };

/**
 * What counts as one address: an IPv4 address, or the network of an IPv6 address. One machine has a
 * whole network of those.
 */
export function networkOf(ip: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (mapped !== undefined || !ip.includes(":")) return mapped ?? ip;
  const [before = [], after = []] = ip.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return before.concat(zeros, after).slice(0, 4).join(":");
}

/** What is known of an address after one more attempt. */
export interface Attempts {
  /** The attempts since its minute began, with this one. */
  readonly count: number;
  /** When that minute ends, in milliseconds. */
  readonly endsAt: number;
}

/**
 * Where a framework has no limit of its own. `attempt` counts one more; the limit rejects an
 * address that has too many.
 */
export function limitBy(
  attempt: (network: string, now: number) => Attempts | Promise<Attempts>,
): (ip: string) => Promise<void> {
  return async (ip) => {
    const now = Date.now();
    const { count, endsAt } = await attempt(networkOf(ip), now);
    if (count <= ATTEMPTS_PER_MINUTE) return;
    const headers = { "Retry-After": String(Math.ceil((endsAt - now) / 1000)) };
    throw Object.assign(new Error(TOO_MANY.error), { status: 429, headers });
  };
}

/** Counts in this process. */
export function limitInMemory(): (ip: string) => Promise<void> {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return limitBy((network, now) => {
    if (now >= endsAt) [counts, endsAt] = [new Map<string, number>(), now + 60_000];
    const count = (counts.get(network) ?? 0) + 1;
    counts.set(network, count);
    return { count, endsAt };
  });
}
