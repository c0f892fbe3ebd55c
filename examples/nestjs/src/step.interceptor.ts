// What comes of a step: another session, perhaps the cookie of a remembered browser, and the answer.
import { promisify } from "node:util";

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from "@nestjs/common";
import type { Request, Response } from "express";
import { mergeMap, type Observable } from "rxjs";

import type { Session, Step } from "../../account/account";

declare module "express-session" {
  interface SessionData {
    account: import("../../account/account").Session;
  }
}

@Injectable()
export class StepInterceptor implements NestInterceptor<Step<object>, object> {
  intercept(context: ExecutionContext, next: CallHandler<Step<object>>): Observable<object> {
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
