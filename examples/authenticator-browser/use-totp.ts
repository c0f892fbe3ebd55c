// A React hook with the same result.
import { useEffect, useMemo, useState } from "react";

import { type GenerateTotpOptions, generateTotp, timeStep } from "halfminute/sync";

export interface TotpState {
  readonly code: string;
  readonly secondsRemaining: number;
}

/** The present code of a secret. The component is drawn again each second. */
export function useTotp(secret: string, options: Omit<GenerateTotpOptions, "at"> = {}): TotpState {
  const { algorithm, digits, period } = options;
  const [second, setSecond] = useState(thisSecond);
  useEffect(() => {
    const timer = setInterval(() => {
      setSecond(thisSecond());
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, []);

  const at = new Date(second * 1000);
  const { counter, secondsRemaining } = timeStep({ period, at });
  const code = useMemo(
    () => generateTotp(secret, { algorithm, digits, period, at }),
    [secret, algorithm, digits, period, counter], // `at` moves each second, the code does not
  );
  return { code, secondsRemaining };
}

function thisSecond(): number {
  return Math.floor(Date.now() / 1000);
}
