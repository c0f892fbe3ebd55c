// Nest answers a TwoFactorError with its status and message by itself, and says nothing of a fault.
// But it drops `Retry-After` and `code`, logs each wrong code as an error, and repeats what the
// parser says of a body, which quotes it.
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
