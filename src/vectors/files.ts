// The vector files of the package. Only their envelope is read here.
import base32Refused from "../../vectors/base32-refused.json" with { type: "json" };
import counterBorders from "../../vectors/counter-borders.json" with { type: "json" };
import interopOathtool from "../../vectors/interop-oathtool.json" with { type: "json" };
import interopPyotp from "../../vectors/interop-pyotp.json" with { type: "json" };
import leadingZeros from "../../vectors/leading-zeros.json" with { type: "json" };
import otpauthRefused from "../../vectors/otpauth-refused.json" with { type: "json" };
import otpauthValid from "../../vectors/otpauth-valid.json" with { type: "json" };
import rfc2202HmacSha1 from "../../vectors/rfc2202-hmac-sha1.json" with { type: "json" };
import rfc4226AppendixD from "../../vectors/rfc4226-appendix-d.json" with { type: "json" };
import rfc4226Section54 from "../../vectors/rfc4226-section-5.4.json" with { type: "json" };
import rfc4231HmacSha2 from "../../vectors/rfc4231-hmac-sha2.json" with { type: "json" };
import rfc4648Section10 from "../../vectors/rfc4648-section-10.json" with { type: "json" };
import rfc6238AppendixB from "../../vectors/rfc6238-appendix-b.json" with { type: "json" };
import secrets from "../../vectors/secrets.json" with { type: "json" };
import secretsRefused from "../../vectors/secrets-refused.json" with { type: "json" };
import steam from "../../vectors/steam.json" with { type: "json" };
import truncationOffsets from "../../vectors/truncation-offsets.json" with { type: "json" };
import windowCollisions from "../../vectors/window-collisions.json" with { type: "json" };

/** A file of test vectors. */
export interface VectorFile {
  /** The file's name in the package's folder `vectors/`. */
  readonly file: string;
  /** The subject. */
  readonly title: string;
  /** The kind of the rows: the name of their schema. */
  readonly kind: string;
  readonly rows: readonly object[];
}

interface Envelope {
  readonly $schema: string;
  readonly title: string;
  readonly rows: readonly object[];
}

function vectorFile(name: string, { $schema, title, rows }: Envelope): VectorFile {
  return { file: `${name}.json`, title, kind: $schema.replace("./schema/", "").replace(".schema.json", ""), rows };
}

/** A function, so that nothing happens at import. */
export function vectorFiles(): readonly VectorFile[] {
  return [
    vectorFile("base32-refused", base32Refused),
    vectorFile("counter-borders", counterBorders),
    vectorFile("interop-oathtool", interopOathtool),
    vectorFile("interop-pyotp", interopPyotp),
    vectorFile("leading-zeros", leadingZeros),
    vectorFile("otpauth-refused", otpauthRefused),
    vectorFile("otpauth-valid", otpauthValid),
    vectorFile("rfc2202-hmac-sha1", rfc2202HmacSha1),
    vectorFile("rfc4226-appendix-d", rfc4226AppendixD),
    vectorFile("rfc4226-section-5.4", rfc4226Section54),
    vectorFile("rfc4231-hmac-sha2", rfc4231HmacSha2),
    vectorFile("rfc4648-section-10", rfc4648Section10),
    vectorFile("rfc6238-appendix-b", rfc6238AppendixB),
    vectorFile("secrets-refused", secretsRefused),
    vectorFile("secrets", secrets),
    vectorFile("steam", steam),
    vectorFile("truncation-offsets", truncationOffsets),
    vectorFile("window-collisions", windowCollisions),
  ];
}
