// The database of the app. Connects with the first query, and so not while Next.js builds.
import { Pool } from "pg";

export const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
