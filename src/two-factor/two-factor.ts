// The methods of the two-factor flow.
import type { RecognizedBrowser, RecognizeOptions } from "./browsers/recognizing.ts";
import type { Confirmed, ConfirmOptions, Enrollment, EnrollOptions } from "./devices/enrollment.ts";
import type { Imported, ImportOptions } from "./devices/importing.ts";
import type { IssuedCode, IssuedCodeOptions, VerifiedIssuedCode } from "./issued/issued-codes.ts";
import type { Passed, VerifyOptions } from "./passing.ts";
import type { IssuedRecoveryCode, IssueRecoveryCodeOptions, NewRecoveryCodes } from "./recovery/recovering.ts";
import type { TwoFactorStatus } from "./status.ts";
import type { Resealed } from "./support.ts";

/**
 * The two-factor flow of one service. Methods reject with a {@link TwoFactorError} instead of
 * resolving to a negative answer, so that a forgotten check lets nobody in. A mistake in the
 * program rejects with an `OtpError`.
 *
 * Every method may reject with `invalid-user-id` and `store-unavailable`, every one except
 * `disable` with `state-corrupt`, and every one except `status` with `busy`. Methods that need a
 * secret may reject with `sealer-unavailable` and `seal-key-unknown`. `userId` is any well-formed
 * string of 1 to 1024 UTF-8 bytes without NUL.
 */
export interface TwoFactor {
  /**
   * Generates a secret for a new device, which is pending until {@link TwoFactor.confirm}. Active
   * devices keep working until then. Store `deviceId` in the session: an enrollment belongs to the
   * session that saw its secret.
   *
   * @param userId - The user's id.
   * @param options - The account name, a name for the device, and whether it is added to active
   * devices or replaces one.
   * @returns The URI for a QR code, and the secret: show them once.
   * @throws {@link TwoFactorError} `already-enrolled` if a device is active and neither `add` nor
   * `replace` is given; `too-many-devices`; `device-unknown` if the device to replace does not
   * exist, or `replace` is `true` and there are several; `superseded` if another call enrolled at
   * the same time, or, with `resume`, if another device is pending; `already-confirmed` and
   * `not-pending` with `resume`.
   */
  enroll(userId: string, options: EnrollOptions): Promise<Enrollment>;
  /**
   * Activates the pending device, with a code that proves that the app has the secret. The code is
   * then used up. A first device or a replacement gets new recovery codes, and the old ones become
   * invalid; an added device keeps the existing ones.
   *
   * @param userId - The user's id.
   * @param code - The code as the person typed it, a string.
   * @param options - The `deviceId` that `enroll` returned in this session.
   * @returns The device, and new recovery codes: show them once.
   * @throws {@link TwoFactorError} `code-rejected`; `clock-off` and `parameters-ignored`, which
   * also count as wrong codes, and whose codes never confirm or pass later; `not-pending`;
   * `superseded` if another device is pending; `already-confirmed` for a repeated call: the factor
   * is on, so record that, let the person `verify` with the next code, and only then call
   * `renewRecoveryCodes` for codes to show; `already-enrolled`, `device-unknown`,
   * `too-many-devices` if devices were added or removed since the enrollment began.
   */
  confirm(userId: string, code: string, options: ConfirmOptions): Promise<Confirmed>;
  /**
   * Renames an active or pending device.
   *
   * @param userId - The user's id.
   * @param deviceId - The id of the device.
   * @param name - The new name: 1 to 128 UTF-8 bytes without control characters; a quotation mark
   * or backslash counts as two.
   * @throws {@link TwoFactorError} `device-unknown`.
   */
  renameDevice(userId: string, deviceId: string, name: string): Promise<void>;
  /**
   * Removes an active or pending device. A pending one keeps its id when confirmed, so it is
   * removed either way. Does nothing if the device does not exist. Removing an active one forgets
   * all browsers. Ask the person for a second factor first.
   *
   * @param userId - The user's id.
   * @param deviceId - The id of the device.
   * @throws {@link TwoFactorError} `last-device` for the only active one: use `disable`.
   */
  removeDevice(userId: string, deviceId: string): Promise<void>;
  /**
   * Imports a device that the person already uses: an authenticator app enrolled with another
   * library, or a hardware token. It is active immediately. Makes no recovery codes: call
   * `renewRecoveryCodes`.
   *
   * @param userId - The user's id.
   * @param options - The secret, parameters that differ from the defaults, and the counter reached
   * elsewhere.
   * @returns The device.
   * @throws {@link TwoFactorError} `already-enrolled` if a device is active and neither `add` nor
   * `replace` is given, or if the secret is active or pending; `too-many-devices`;
   * `device-unknown` if the device to replace does not exist.
   */
  importDevice(userId: string, options: ImportOptions): Promise<Imported>;
  /**
   * Verifies a code or a recovery code. Resolves only if the person may pass.
   *
   * @param userId - The user's id, after a correct password.
   * @param codeOrRecoveryCode - The code as the person typed it, a string. Anything without the
   * form of either is refused before the store is read.
   * @param options - The only device whose codes may pass, and whether to remember this browser.
   * @returns How, when and with which device the person passed, and how many recovery codes are
   * left.
   * @throws {@link TwoFactorError} `code-rejected`, `throttled`, `restricted`, `locked`,
   * `not-enrolled`, `device-unknown`.
   */
  verify(userId: string, codeOrRecoveryCode: string, options?: VerifyOptions): Promise<Passed>;
  /**
   * Verifies three consecutive codes, even during a delay and while the person is restricted. Three
   * codes are too hard to guess, so wrong ones are not counted. But if two of them are right and
   * would be part of a pass, the third may be a guess: that counts as a failure, and the two are
   * used up, with all below them after five such pairs. Codes answered with `clock-off` never pass
   * later. If one of the codes was already used, the answer is `code-rejected`, whatever the others
   * are. Resolves only if the person may pass.
   *
   * @param userId - The user's id, after a correct password.
   * @param codes - Three codes as strings, in the order the device showed them; for a counter-based
   * device, from its next 1000.
   * @param options - The only device whose codes may pass, and whether to remember this browser.
   * @returns How, when and with which device the person passed, and how many recovery codes are
   * left.
   * @throws {@link TwoFactorError} `code-rejected`, `clock-off`, `locked`, `not-enrolled`,
   * `device-unknown`.
   */
  verifyConsecutive(userId: string, codes: readonly string[], options?: VerifyOptions): Promise<Passed>;
  /**
   * Recognizes a browser that `verify` remembered, and returns its next token, which replaces this
   * one. A recognized browser has not passed: `verifiedAt` is when the person passed.
   *
   * @param userId - The user's id, after a correct password.
   * @param token - The cookie's value, unchanged; `undefined` if there is none.
   * @param options - The binding given to `remember`.
   * @returns The next token for the cookie, when it expires, and when the person passed.
   * @throws {@link TwoFactorError} `browser-unknown`: ask for a second factor.
   */
  recognizeBrowser(userId: string, token: string | undefined, options: RecognizeOptions): Promise<RecognizedBrowser>;
  /**
   * Forgets a browser. Does nothing if it is not remembered.
   *
   * @param userId - The user's id.
   * @param browserId - The id of the browser.
   * @throws {@link TwoFactorError} `store-unavailable`, `busy`.
   */
  forgetBrowser(userId: string, browserId: string): Promise<void>;
  /**
   * Forgets all browsers. No existing token is ever recognized again.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `seal-key-unknown`, `sealer-unavailable`.
   */
  forgetBrowsers(userId: string): Promise<void>;
  /**
   * Makes an eight-digit code for the app to send, or returns the same one again for the same
   * request. Also works for a person without a device. It is not a second factor by itself.
   *
   * @param userId - The user's id.
   * @param options - The purpose of the code, and the unfinished login or form that it belongs to.
   * @returns The code, when it expires, and when it may be sent again.
   * @throws {@link TwoFactorError} `throttled` before `resendAt`, and after
   * `policy.issuedCodesPerDay` codes; `too-many-purposes`.
   */
  issueCode(userId: string, options: IssuedCodeOptions): Promise<IssuedCode>;
  /**
   * Verifies a code that the app sent. It passes once, for its purpose and request. Right and wrong
   * codes change nothing for the devices. Resolves only if the code is right.
   *
   * @param userId - The user's id.
   * @param code - The code as the person typed it, a string.
   * @param options - The purpose and request given to `issueCode`.
   * @returns The purpose. This is not a pass.
   * @throws {@link TwoFactorError} `code-rejected`.
   */
  verifyIssuedCode(userId: string, code: string, options: IssuedCodeOptions): Promise<VerifiedIssuedCode>;
  /**
   * Makes new recovery codes; the old ones become invalid. Ask the person for a second factor
   * first.
   *
   * @param userId - The user's id.
   * @returns New recovery codes: show them once.
   * @throws {@link TwoFactorError} `not-enrolled`; `superseded` if another call made new ones, or
   * changed the devices, at the same time.
   */
  renewRecoveryCodes(userId: string): Promise<NewRecoveryCodes>;
  /**
   * Makes one recovery code for support to hand over, after checking the person's identity. It
   * replaces the previous one.
   *
   * @param userId - The user's id.
   * @param options - How long it is valid, in hours.
   * @returns The code, and when it expires.
   * @throws {@link TwoFactorError} `not-enrolled`.
   */
  issueRecoveryCode(userId: string, options: IssueRecoveryCodeOptions): Promise<IssuedRecoveryCode>;
  /**
   * Ends a lock or a delay, and forgets all browsers. Outstanding chances stay, so a restricted
   * person stays restricted. Call it for support, or after a person passed with a recovery code.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `not-enrolled`.
   */
  unlock(userId: string): Promise<void>;
  /**
   * Returns the status of a person's second factor. Decrypts nothing and changes nothing.
   *
   * @param userId - The user's id.
   * @returns What can be shown to the person.
   * @throws {@link TwoFactorError} `store-unavailable`, `state-corrupt`.
   */
  status(userId: string): Promise<TwoFactorStatus>;
  /**
   * Removes all state, even if damaged, except for how many codes the app sent today. Does nothing
   * if there is none. Ask the person for a second factor first.
   *
   * @param userId - The user's id.
   * @throws {@link TwoFactorError} `store-unavailable`, `busy`.
   */
  disable(userId: string): Promise<void>;
  /**
   * Encrypts a user's secrets with the first key, and upgrades a record of version 1 to version 2.
   * A pass does the same if the key differs.
   *
   * @param userId - The user's id.
   * @returns Whether anything was written, and how many encrypted texts of version 1 could not be
   * decrypted.
   * @throws {@link TwoFactorError} `not-enrolled`, `seal-key-unknown`, `sealer-unavailable`.
   */
  reseal(userId: string): Promise<Resealed>;
}
