// Faces that work together: what one makes, another takes.
import { OtpError } from "halfminute";
import { parseMigrationUri } from "halfminute/migration";
import { generateSteamCode } from "halfminute/steam";
import { memoryStore, type TwoFactorStore } from "halfminute/stores/memory";
import { importKey, type Match, verifyHotp } from "halfminute/sync";
import { createTwoFactor, type TwoFactor } from "halfminute/two-factor";

export function together(): string {
  const key = importKey("BASE32SECRET3232");
  const store: TwoFactorStore = memoryStore();
  const flow: TwoFactor = createTwoFactor({
    issuer: "Acme",
    store,
    sealingKeys: [{ id: "1", key: Uint8Array.from({ length: 32 }, (_, at) => at) }],
  });
  const match: Match | null = verifyHotp(key, "260182", 0);
  return [generateSteamCode(key, { at: new Date(30_000) }), typeof flow.verify, match?.counter, refusal()].join(" ");
}

function refusal(): string {
  try {
    parseMigrationUri("");
    return "";
  } catch (error) {
    return error instanceof OtpError ? error.code : "";
  }
}
