// The page by itself, as `npm run playground` serves it.
import { start } from "./start.js";

start();
