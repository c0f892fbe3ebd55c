import { type DynamicModule, Module } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { ThrottlerModule } from "@nestjs/throttler";

import { type AccountOptions, openAccount } from "../../account/account";
import { ATTEMPTS_PER_MINUTE } from "../../account/limits";
import { ACCOUNT, AccountController } from "./account.controller";
import { AccountExceptionFilter } from "./account.filter";

@Module({})
export class AccountModule {
  static register(options: AccountOptions): DynamicModule {
    return {
      module: AccountModule,
      imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: ATTEMPTS_PER_MINUTE }])],
      controllers: [AccountController],
      providers: [
        { provide: ACCOUNT, useFactory: () => openAccount(options) },
        { provide: APP_FILTER, useClass: AccountExceptionFilter },
      ],
    };
  }
}
