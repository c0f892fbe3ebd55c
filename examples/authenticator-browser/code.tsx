// The hook in a component.
import { useTotp } from "./use-totp.ts";

export function Code({ secret }: { readonly secret: string }) {
  const { code, secondsRemaining } = useTotp(secret);
  return (
    <p>
      <output>{code}</output> {secondsRemaining} s
    </p>
  );
}
