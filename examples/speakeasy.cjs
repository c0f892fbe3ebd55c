// Programs that used speakeasy change one line. Everything below the first is as it was.
const speakeasy = require("halfminute/speakeasy");

const secret = speakeasy.generateSecret({ length: 20 });
console.log(`secret      ${secret.base32}`);
console.log(`URL         ${secret.otpauth_url}`);

const token = speakeasy.totp({ secret: secret.base32, encoding: "base32" });
const verified = speakeasy.totp.verify({ secret: secret.base32, encoding: "base32", token, window: 1 });
console.log(`right code  ${verified}`);

const other = speakeasy.generateSecret({ length: 20 });
const digits = { token: "12345", window: 1 }; // too few
console.log(`wrong code  ${speakeasy.totp.verify({ secret: other.base32, encoding: "base32", ...digits })}`);

if (!verified) throw new Error("the code that was just made must be right");
