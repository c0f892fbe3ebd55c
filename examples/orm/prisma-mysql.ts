import type { TwoFactorStore } from "halfminute/two-factor";
import { Prisma, type PrismaClient } from "./generated/mysql/client.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

export function prismaStore(prisma: PrismaClient): TwoFactorStore {
  if (!("$connect" in prisma)) throw new Error("the store needs the client, not a transaction");
  const read: TwoFactorStore["read"] = async (userId) => {
    const row = await prisma.twoFactor.findUnique({ where: { userId: bytes(userId) } });
    return row ? { revision: text(row.revision), body: text(row.body) } : undefined;
  };
  return {
    read,
    async compareAndSet(userId, expected, next) {
      const data = next && { revision: bytes(next.revision), body: bytes(next.body) };
      try {
        if (expected === undefined) {
          if (data === undefined) return (await read(userId)) === undefined;
          await prisma.twoFactor.create({ data: { userId: bytes(userId), ...data } });
          return true;
        }
        const where = { userId: bytes(userId), revision: bytes(expected) };
        if (data === undefined) return (await prisma.twoFactor.deleteMany({ where })).count === 1;
        return (await prisma.twoFactor.updateMany({ where, data })).count === 1;
      } catch (error) {
        const isKnown = error instanceof Prisma.PrismaClientKnownRequestError;
        if (isKnown && ["P2002", "P2034"].includes(error.code)) return false; // another row; a deadlock
        throw error;
      }
    },
  };
}
