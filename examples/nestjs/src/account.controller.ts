// An account with a second factor for NestJS: each route is one function of the account.
import { Body, Controller, Get, Headers, HttpCode, Inject, Post, Session, UseGuards, UseInterceptors } from "@nestjs/common";
import { SkipThrottle, ThrottlerGuard } from "@nestjs/throttler";

import type { Account, Session as AccountSession } from "../../account/account";
import { cookiesOf } from "../../account/answers";
import { StepInterceptor } from "./step.interceptor";

/** Under which Nest finds the account. */
export const ACCOUNT = Symbol("account");

export interface Sessions {
  account?: AccountSession;
}

@Controller()
@UseGuards(ThrottlerGuard)
@UseInterceptors(StepInterceptor)
export class AccountController {
  constructor(@Inject(ACCOUNT) private readonly account: Account) {}

  @Post("login")
  @HttpCode(200)
  signIn(@Body() body: unknown, @Headers("cookie") cookies?: string) {
    return this.account.signIn(body, cookiesOf(cookies));
  }

  @Post("login/code")
  @HttpCode(200)
  passCode(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.passCode(session.account, body);
  }

  @Post("two-factor/enroll")
  @HttpCode(200)
  enroll(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.enroll(session.account, body);
  }

  @Post("two-factor/confirm")
  @HttpCode(200)
  confirm(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.confirm(session.account, body);
  }

  @Post("two-factor/off")
  @HttpCode(200)
  turnOff(@Session() session: Sessions, @Body() body: unknown) {
    return this.account.turnOff(session.account, body);
  }

  @Get()
  @SkipThrottle()
  async home(@Session() session: Sessions) {
    return { welcome: (await this.account.person(session.account)).email };
  }
}
