// The contents of a vector file: the types of its rows, and the values that many rows share.
export type Algorithm = "SHA-1" | "SHA-256" | "SHA-512";

export interface Time {
  readonly seconds: number;
  readonly period: number;
  readonly t0: number;
}

/** The inputs of a code. */
export interface CodeInput {
  readonly key: string;
  readonly algorithm: Algorithm;
  readonly digits: number;
  readonly counter: number;
  readonly time?: Time;
}

export interface CodeRow extends CodeInput {
  readonly code: string;
  readonly mac?: string;
  readonly truncated?: number;
  readonly note?: string;
}

export interface TruncationRow {
  readonly mac: string;
  readonly offset: number;
  readonly truncated: number;
  readonly digits: number;
  readonly code: string;
}

export interface HmacRow {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly key: string;
  readonly data: string;
  readonly mac: string;
}

export interface Base32Row {
  readonly bytes: string;
  readonly padded: string;
  readonly unpadded: string;
}

export interface VectorFile {
  readonly $schema: string;
  readonly title: string;
  readonly source: { readonly document: string; readonly section: string; readonly url: string };
  readonly extracted: string;
  readonly confirmedBy: readonly string[];
  readonly rows: readonly object[];
}

export const ALGORITHMS: readonly Algorithm[] = ["SHA-1", "SHA-256", "SHA-512"];
export const DIGITS: readonly number[] = [6, 7, 8];
