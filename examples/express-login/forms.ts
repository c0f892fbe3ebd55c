// Forms: their fields, and the token that ties each to a page and a session.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import type { Request } from "express";

import type { Typed } from "./two-factor.ts";

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A missing field is empty, and so is one that is there twice. */
export function textOf(request: Request, name: string): string {
  const value = bodyOf(request)[name];
  return typeof value === "string" ? value : "";
}

export function typed(request: Request): Typed {
  return bodyOf(request)["code"] ?? "";
}

function bodyOf(request: Request): Fields {
  return (request.body ?? {}) as Fields;
}

/**
 * A random half that only this page has, and a proof that its session asked for it. It needs no
 * place in the database.
 */
export function newToken(id: string): string {
  return signed(randomBytes(32).toString("base64url"), id);
}

export function isTokenOf(token: string, id: string): boolean {
  const [half = ""] = token.split(".");
  const [given, right] = [Buffer.from(token), Buffer.from(signed(half, id))];
  return given.length === right.length && timingSafeEqual(given, right);
}

/**
 * The id of the session, or of something else, that comes of a form. A form that is sent twice
 * gives the same id, so either answer may get lost. The old id alone, which somebody may have
 * planted, does not lead there: it takes the random half in the page, too.
 */
export function idAfter(id: string, token: string, what = "session"): string {
  return mac(id, `${what} ${token}`);
}

function signed(half: string, id: string): string {
  return `${half}.${mac(id, `form ${half}`)}`;
}

function mac(id: string, text: string): string {
  return createHmac("sha256", id).update(text).digest("base64url");
}
