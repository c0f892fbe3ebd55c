// Something that only people who are signed in may see.
import { account } from "../../../lib/account.ts";
import { handle, sessionOf } from "../../../lib/http.ts";

export const GET = handle(async (request) => {
  const { email } = await account().person(await sessionOf(request));
  return Response.json({ welcome: email });
});
