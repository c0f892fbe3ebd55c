// The code of an account on a page, with the seconds that it lasts.
import { generateTotp, timeStep } from "halfminute/sync";

/**
 * Shows the present code in one element and the remaining seconds in another.
 * Returns a function that stops.
 */
export function countDown({ secret, parameters }, code, seconds) {
  let shown; // the time step of the code on the page

  function show() {
    const at = new Date();
    const { counter, secondsRemaining } = timeStep({ period: parameters.period, at });
    seconds.textContent = `${secondsRemaining} s`;
    if (counter === shown) return;
    code.textContent = generateTotp(secret, { ...parameters, at });
    shown = counter;
  }

  show();
  const timer = setInterval(show, 250); // a page in the background may get fewer
  return () => clearInterval(timer);
}
