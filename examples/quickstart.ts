// The whole way once: make a secret, show it to an authenticator, make a code, check it, and check
// what must be refused.
import { buildOtpauthUri, generateSecret, generateTotp, timeStep, verifyTotp } from "halfminute";

const secret = generateSecret();
const uri = buildOtpauthUri({ secret, issuer: "Acme Co", accountName: "alice@example.com" });
console.log(`secret      ${secret}`);
console.log(`URI         ${uri}`);

const at = new Date(); // one moment for all steps, so that this program cannot run across a border between codes
const code = await generateTotp(secret, { at });
const { secondsRemaining } = timeStep({ at });
console.log(`code        ${code}, shown for ${secondsRemaining} s more`);

const match = await verifyTotp(secret, code, { at, after: null });
if (!match) throw new Error("the code that was just made must be right");
console.log(`first time  accepted; the app stores the counter ${match.counter}`);

const again = await verifyTotp(secret, code, { at, after: match.counter });
console.log(`again       ${again ? "accepted" : "refused, because the code was used"}`);

const wrongCode = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const wrong = await verifyTotp(secret, wrongCode, { at, lookBehind: 0, lookAhead: 0 });
console.log(`wrong code  ${wrong ? "accepted" : "refused"}`);

if (again || wrong) throw new Error("a code was accepted that must be refused");
