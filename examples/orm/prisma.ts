import type { TwoFactorStore } from "halfminute/two-factor";

import type { PrismaClient } from "./generated/postgres/client.ts";

export function prismaStore({ twoFactor }: PrismaClient): TwoFactorStore {
  const read = async (userId: string) => (await twoFactor.findUnique({ where: { userId } })) ?? undefined;
  return {
    read,
    async compareAndSet(userId, expected, next) {
      if (expected === undefined) {
        if (next === undefined) return (await read(userId)) === undefined;
        const data = { userId, ...next };
        return (await twoFactor.createMany({ data, skipDuplicates: true })).count === 1;
      }
      const where = { userId, revision: expected }; // with undefined, Prisma would match any
      if (next === undefined) return (await twoFactor.deleteMany({ where })).count === 1;
      return (await twoFactor.updateMany({ where, data: { ...next } })).count === 1;
    },
  };
}
