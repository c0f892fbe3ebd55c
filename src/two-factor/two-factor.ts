// What the flow can do, as callers see it.
import type { RecognizedBrowser, RecognizeOptions } from "./browsers/recognizing.ts";
import type { Confirmed, ConfirmOptions, Enrollment, EnrollOptions } from "./devices/enrollment.ts";
import type { Imported, ImportOptions } from "./devices/importing.ts";
import type { IssuedCode, IssuedCodeOptions, VerifiedIssuedCode } from "./issued/issued-codes.ts";
import type { Passed, VerifyOptions } from "./passing.ts";
import type { IssuedRecoveryCode, IssueRecoveryCodeOptions, NewRecoveryCodes } from "./recovery/recovering.ts";
import type { TwoFactorStatus } from "./status.ts";
import type { Resealed } from "./support.ts";

/**
 * The two-factor flow of one service. Every method rejects with a {@link TwoFactorError} instead of
 * resolving to a negative answer, so that a forgotten check lets nobody in. A mistake of the
 * program rejects with an `OtpError`.
 *
 * All of them may reject with `invalid-user-id`, `store-unavailable` and, except for `disable`,
 * `state-corrupt`; all but `status` with `busy`. What needs a secret may reject with
 * `sealer-unavailable` and `seal-key-unknown`. `userId` is opaque well-formed text of 1 to 1024
 * UTF-8 bytes without NUL.
 */
export interface TwoFactor {
  /**
   * Makes a secret for a new device, which is pending until {@link TwoFactor.confirm}. Active
   * devices keep working until then. Keep `deviceId` in the session: an enrollment belongs to the
   * session that saw its secret.
   *
   * @param userId - The user's id.
   * @param options - The account name; a name for the device; whether it comes beside active
   * devices or replaces one.
   * @returns The URI for a QR code and the secret: show them once.
   * @throws {@link TwoFactorError} `already-enrolled` with an active device and neither `add` nor
   * `replace`; `too-many-devices`; `device-unknown` if the device to replace is not there, or
   * `true` could be one of several; `superseded` if another call enrolled at the same time, and,
   * with `resume`, if another device waits; `already-confirmed` and `not-pending` with `resume`.
   */
  enroll(userId: string, options: EnrollOptions): Promise<Enrollment>;
  /**
   * Makes the pending device an active one, by a code that proves that the app has the secret. The
   * code is spent. A first device and a replacement come with new recovery codes, and the old ones
   * are void; beside other devices they stay.
   *
   * @param userId - The user's id.
   * @param code - What the person typed.
   * @param options - The `deviceId` that `enroll` gave to this session.
   * @returns The device, and new recovery codes: show them once.
   * @throws {@link TwoFactorError} `code-rejected`; `clock-off` and `parameters-ignored`, which
   * count as wrong codes too, and whose codes never confirm or pass later; `not-pending`;
   * `superseded` if another device waits; `already-confirmed` for a repetition: the factor is on,
   * so remember that, let the person `verify` with the next code, and only then call
   * `renewRecoveryCodes` for codes that can be shown; `already-enrolled`, `device-unknown`,
   * `too-many-devices` if devices have come or gone since it was begun.
   */
  confirm(userId: string, code: string, options: ConfirmOptions): Promise<Confirmed>;
  /**
   * Gives a device another name, a pending one too.
   *
   * @param userId - The user's id.
   * @param deviceId - The device, as `status` lists it.
   * @param name - 1 to 128 UTF-8 bytes without control characters; a quotation mark or backslash
   * counts as two.
   * @throws {@link TwoFactorError} `device-unknown`.
   */
  renameDevice(userId: string, deviceId: string, name: string): Promise<void>;
  /**
   * Removes a device, a pending one too: it keeps its id when it is confirmed, and is removed all
   * the same then. Does nothing if it is gone already. Removing an active one forgets all browsers.
   * Ask the person for a second factor first.
   *
   * @param userId - The user's id.
   * @param deviceId - The device, as `status` lists it.
   * @throws {@link TwoFactorError} `last-device` for the only active one: that is `disable`.
   */
  removeDevice(userId: string, deviceId: string): Promise<void>;
  /**
   * Takes over a device that the person uses already: an authenticator app of another library's, or
   * a hardware token. It is active immediately. It makes no recovery codes: `renewRecoveryCodes`
   * does.
   *
   * @param userId - The user's id.
   * @param options - The secret, parameters that differ, and the counter that was reached
   * elsewhere.
   * @returns The device.
   * @throws {@link TwoFactorError} `already-enrolled` with an active device and neither `add` nor
   * `replace`, and if the secret is active already; `too-many-devices`; `device-unknown` if the
   * device to replace is not there.
   */
  importDevice(userId: string, options: ImportOptions): Promise<Imported>;
  /**
   * Lets a person pass by a code or a recovery code. Resolves only if the person may pass.
   *
   * @param userId - The user's id, after the password was right.
   * @param codeOrRecoveryCode - What the person typed. Anything without the shape of either is
   * refused before anything is read.
   * @param options - The device that may pass, and whether to remember this browser.
   * @returns By what, when and by which device the person passed, and how many recovery codes are
   * left.
   * @throws {@link TwoFactorError} `code-rejected`, `throttled`, `restricted`, `locked`,
   * `not-enrolled`, `device-unknown`.
   */
  verify(userId: string, codeOrRecoveryCode: string, options?: VerifyOptions): Promise<Passed>;
  /**
   * Lets a person pass by three codes in a row, also during a delay and while the person is
   * restricted. They are too hard to guess to be counted. But if two of them are right and would be
   * part of a pass, the third may have been guessed: that counts as a failure, and the two are
   * spent. After five such pairs, three codes of a counter-based device pass no more until it has
   * gone beyond them. Codes that `clock-off` was the answer to never pass later. With a spent code
   * among them the answer is `code-rejected`, whatever the others are. Resolves only if the person
   * may pass.
   *
   * @param userId - The user's id, after the password was right.
   * @param codes - Three codes in the order in which the device showed them; of a counter-based
   * device anywhere in its next 1000.
   * @param options - The device that may pass, and whether to remember this browser.
   * @returns By what, when and by which device the person passed, and how many recovery codes are
   * left.
   * @throws {@link TwoFactorError} `code-rejected`, `clock-off`, `locked`, `not-enrolled`,
   * `device-unknown`.
   */
  verifyConsecutive(userId: string, codes: readonly string[], options?: VerifyOptions): Promise<Passed>;
  /**
   * Recognizes a browser that `verify` remembered, and gives it its next token, which takes the
   * place of this one. A recognized browser has not passed: `verifiedAt` is when it did.
   *
   * @param userId - The user's id, after the password was right.
   * @param token - The cookie's value, as it came; `undefined` if there is none.
   * @param options - The binding that was given to `remember`.
   * @returns The next token for the cookie, until when it is good, and when the person passed.
   * @throws {@link TwoFactorError} `browser-unknown`: ask for a second factor.
   */
  recognizeBrowser(userId: string, token: string | undefined, options: RecognizeOptions): Promise<RecognizedBrowser>;
  /**
   * Forgets a browser. Does nothing if it is gone already.
   *
   * @param userId - The user's id.
   * @param browserId - The browser, as `status` lists it.
   * @throws {@link TwoFactorError} `store-unavailable`, `busy`.
   */
  forgetBrowser(userId: string, browserId: string): Promise<void>;
  /**
   * Forgets all browsers. No token that was given out is ever recognized again.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `seal-key-unknown`, `sealer-unavailable`.
   */
  forgetBrowsers(userId: string): Promise<void>;
  /**
   * Makes a code of eight digits for the app to send, or gives the same one again for the same
   * request. It works for a person without a device too. It is not a second factor by itself.
   *
   * @param userId - The user's id.
   * @param options - What the code is for, and the half-finished login or form that it belongs to.
   * @returns The code, until when it is good, and from when on it may be asked for again.
   * @throws {@link TwoFactorError} `throttled` before `resendAt`, and after as many codes as
   * `policy.issuedCodesPerDay`; `too-many-purposes`.
   */
  issueCode(userId: string, options: IssuedCodeOptions): Promise<IssuedCode>;
  /**
   * Checks a code that the app sent. It is good once, for its purpose and request. Neither right
   * nor wrong ones change anything for the devices. Resolves only if the code is right.
   *
   * @param userId - The user's id.
   * @param code - What the person typed.
   * @param options - The same purpose and request.
   * @returns The purpose. This is not a pass.
   * @throws {@link TwoFactorError} `code-rejected`.
   */
  verifyIssuedCode(userId: string, code: string, options: IssuedCodeOptions): Promise<VerifiedIssuedCode>;
  /**
   * Makes new recovery codes; the old ones are void. Ask the person for a second factor first.
   *
   * @param userId - The user's id.
   * @returns New recovery codes: show them once.
   * @throws {@link TwoFactorError} `not-enrolled`; `superseded` if another call made some, or
   * changed the devices, at the same time.
   */
  renewRecoveryCodes(userId: string): Promise<NewRecoveryCodes>;
  /**
   * Makes one recovery code for support to hand over, after the person's identity was proved. It
   * takes the place of the one before.
   *
   * @param userId - The user's id.
   * @param options - For how many hours it is good.
   * @returns The code, and until when it is good.
   * @throws {@link TwoFactorError} `not-enrolled`.
   */
  issueRecoveryCode(userId: string, options: IssueRecoveryCodeOptions): Promise<IssuedRecoveryCode>;
  /**
   * Ends a lock or a delay, and forgets all browsers. What is outstanding stays, so a restricted
   * person stays restricted. Call it for support, or after a person passed by a recovery code.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `not-enrolled`.
   */
  unlock(userId: string): Promise<void>;
  /**
   * Says where somebody's second factor stands. Opens nothing and changes nothing.
   *
   * @param userId - The user's id.
   * @returns What there is to show.
   * @throws {@link TwoFactorError} `store-unavailable`, `state-corrupt`.
   */
  status(userId: string): Promise<TwoFactorStatus>;
  /**
   * Removes all state, a damaged one too, except for how many codes the app sent today. Does
   * nothing if there is none. Ask the person for a second factor first.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `store-unavailable`, `busy`.
   */
  disable(userId: string): Promise<void>;
  /**
   * Seals everything of a user with the first key, and writes a record of version 1 as version 2. A
   * pass does so too, when the key differs.
   *
   * @param userId - The user's id.
   * @returns Whether anything was written, and how many texts of version 1 could not be opened.
   * @throws {@link TwoFactorError} `not-enrolled`, `seal-key-unknown`, `sealer-unavailable`.
   */
  reseal(userId: string): Promise<Resealed>;
}
