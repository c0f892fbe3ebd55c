// An account with a second factor: each route is one function of the account.
import { Body, Controller, Get, Headers, Inject, Session } from "@nestjs/common";

import type { Account, Session as AccountSession } from "../../account/account";
import { cookiesOf } from "../../account/answers";
import { Step } from "./step";

/** Under which Nest finds the account. */
export const ACCOUNT = Symbol("account");

interface Sessions {
  account?: AccountSession;
}

@Controller()
export class AccountController {
  constructor(@Inject(ACCOUNT) private readonly account: Account) {}

  @Step("login")
  signIn(@Body() body: unknown, @Headers("cookie") cookies?: string) {
    return this.account.signIn(body, cookiesOf(cookies));
  }

  @Step("login/code")
  passCode(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.passCode(session.account, body);
  }

  @Step("two-factor/enroll")
  enroll(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.enroll(session.account, body);
  }

  @Step("two-factor/confirm")
  confirm(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.confirm(session.account, body);
  }

  @Step("two-factor/off")
  turnOff(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.turnOff(session.account, body);
  }

  @Get()
  async home(@Session() session: Sessions) {
    return { welcome: (await this.account.person(session.account)).email };
  }
}
