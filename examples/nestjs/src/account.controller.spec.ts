import { Test } from "@nestjs/testing";
import { ThrottlerModule } from "@nestjs/throttler";

import { ACCOUNT, AccountController } from "./account.controller";

describe("AccountController", () => {
  it("gives the account the session and the body as they are", async () => {
    const account = { passCode: jest.fn().mockResolvedValue("a step") };
    const module = await Test.createTestingModule({
      imports: [ThrottlerModule.forRoot([{ ttl: 1000, limit: 1 }])],
      controllers: [AccountController],
      providers: [{ provide: ACCOUNT, useValue: account }],
    }).compile();
    const session = { account: { userId: "1", stamp: 0, withCode: false, endsAt: 1 } };
    expect(await module.get(AccountController).passCode(session, ["1"])).toBe("a step");
    expect(account.passCode).toHaveBeenCalledWith(session.account, ["1"]);
  });
});
