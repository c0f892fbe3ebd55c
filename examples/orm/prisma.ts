import type { TwoFactorStore } from "halfminute/two-factor";
import type { PrismaClient } from "./generated/postgres/client.ts";

export function prismaStore(prisma: PrismaClient): TwoFactorStore {
  if (!("$connect" in prisma)) throw new Error("the store needs the client, not a transaction");
  const { twoFactor } = prisma;
  return {
    async read(userId) {
      return (await twoFactor.findUnique({ where: { userId } })) ?? undefined;
    },
    async compareAndSet(userId, expected, next) {
      if (expected === undefined) {
        if (next === undefined) return (await twoFactor.count({ where: { userId } })) === 0;
        const data = { userId, ...next };
        return (await twoFactor.createMany({ data, skipDuplicates: true })).count === 1;
      }
      const where = { userId, revision: expected }; // with undefined, Prisma would match any
      if (next === undefined) return (await twoFactor.deleteMany({ where })).count === 1;
      return (await twoFactor.updateMany({ where, data: { ...next } })).count === 1;
    },
  };
}
