// Limits by address, for every form that takes a guess or sends mail. Names and second factors have
// limits of their own.
import type { NextFunction, Request, Response } from "express";

import { limitBy } from "../account/limits.ts";
import type { Database } from "./database/database.ts";

export const LIMITED = [
  "/sign-up",
  "/sign-in",
  "/second-step",
  "/new-browser",
  "/security/check",
  "/security/confirm",
] as const;

/** Counted in the database, so that several instances are one. */
export function limitByAddress(database: Database) {
  const limit = limitBy(async (network, now) => {
    const { count, secondsLeft } = await database.count(`address:${network}`, 60);
    return { count, endsAt: now + secondsLeft * 1000 };
  });
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    if (request.method === "POST") await limit(request.ip ?? "");
    next();
  };
}
