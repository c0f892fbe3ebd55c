// The public API of `halfminute/vectors`. Only re-exports, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export {
  checkVectors,
  vectorConformance,
  type VectorConformanceOptions,
  type VectorReport,
} from "./vector-conformance.ts";
export { synchronousFace, webCryptoFace } from "./faces.ts";
export type {
  CodedError,
  VectorCodeOptions,
  VectorErrorClass,
  VectorLibrary,
  VectorTimeOptions,
  VectorWindowOptions,
} from "./library.ts";
