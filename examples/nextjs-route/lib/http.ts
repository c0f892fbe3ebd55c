// What goes into a route handler and what comes out of it.
import { TwoFactorError } from "halfminute/two-factor";

/** Why a request is refused. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler = (request: Request) => Promise<Response>;

/** Answers what the handler throws, and lets nothing be cached. Next.js itself answers every TwoFactorError with 500. */
export function handle(handler: Handler): Handler {
  return async (request) => {
    const response = await handler(request).catch(answerTo);
    response.headers.set("Cache-Control", "no-store");
    return response;
  };
}

function answerTo(error: unknown): Response {
  if (error instanceof Refusal) return Response.json({ error: error.message }, { status: error.status });
  if (!(error instanceof TwoFactorError)) throw error;
  const { status, headers, code, expose, message } = error;
  if (!expose) console.error(error); // a fault of ours. Its cause may quote values: keep this log private
  return Response.json(expose ? { error: code, message } : { error: "try-again-later" }, { status, headers });
}

/** The texts of a JSON body; whatever is none, or has a NUL, is empty, which is never right. A form of another site cannot say that it is JSON. */
export async function textsOf(request: Request): Promise<Record<"email" | "password" | "code", string>> {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) throw new Refusal(415, "JSON only");
  const body = Object(await request.json().catch(() => null)) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === "string" && !body[name].includes("\0") ? body[name] : "");
  return { email: text("email"), password: text("password"), code: text("code") };
}
