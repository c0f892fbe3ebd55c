// Nest answers a TwoFactorError with its status by itself, but without `Retry-After` and `code`; and it sends the message of
// every error that has a status, which for a body that cannot be parsed quotes that body.
import { type ArgumentsHost, Catch, type ExceptionFilter } from "@nestjs/common";
import type { Response } from "express";

import { answerTo } from "../../account/answers";

@Catch()
export class AccountExceptionFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, headers, body } = answerTo(error);
    host.switchToHttp().getResponse<Response>().status(status).set(headers).json(body);
  }
}
