// A route that ends in another session: limited by address, answered with 200, and the session gets
// a new id.
import { promisify } from "node:util";

import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpCode,
  type NestInterceptor,
  Post,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { ThrottlerGuard } from "@nestjs/throttler";
import type { Request, Response } from "express";
import { mergeMap, type Observable } from "rxjs";

import type * as account from "../../account/account";

declare module "express-session" {
  interface SessionData {
    account: account.Session;
  }
}

class StepInterceptor implements NestInterceptor<account.Step<object>, object> {
  intercept(context: ExecutionContext, next: CallHandler<account.Step<object>>): Observable<object> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      mergeMap(async ({ body, session, browser }) => {
        // A new id, so that nobody can know it from before.
        await promisify((done: (error: unknown) => void) => request.session.regenerate(done))();
        request.session.account = session;
        if (browser) {
          const { name, value, expires } = browser;
          response.cookie(name, value, { path: "/login", secure: true, httpOnly: true, sameSite: "strict", expires });
        }
        return body;
      }),
    );
  }
}

/** In place of `@Post`, which would answer 201. */
export function Step(path: string): MethodDecorator {
  return applyDecorators(Post(path), HttpCode(200), UseGuards(ThrottlerGuard), UseInterceptors(StepInterceptor));
}
