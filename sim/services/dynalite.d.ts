/** The part of dynalite that is used here; it brings no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** How long a table is `CREATING`, in real milliseconds. */
    readonly createTableMs?: number;
  }

  /** An empty DynamoDB in memory, behind an HTTP server that does not listen yet. */
  function dynalite(options?: Options): Server;
  export = dynalite;
}
