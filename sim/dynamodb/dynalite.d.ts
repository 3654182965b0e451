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

declare module 'dynalite/validations/index.js' {
  /** What an action may be given. */
  export interface Validation {
    readonly types: object;
    readonly custom: (data: object, store: object) => string | undefined;
  }

  interface Validations {
    /** The input, as far as it is known. Throws where a type is wrong. */
    checkTypes(data: object, types: object): object;
    /** Throws what it refuses with; reads the expressions, and keeps what it read in `data`. */
    checkValidations(data: object, types: object, custom: Validation['custom'], store: object): void;
  }

  const validations: Validations;
  export default validations;
}

declare module 'dynalite/validations/putItem.js' {
  import type { Validation } from 'dynalite/validations/index.js';

  const validation: Validation;
  export default validation;
}
declare module 'dynalite/validations/updateItem.js' {
  import type { Validation } from 'dynalite/validations/index.js';

  const validation: Validation;
  export default validation;
}
declare module 'dynalite/validations/deleteItem.js' {
  import type { Validation } from 'dynalite/validations/index.js';

  const validation: Validation;
  export default validation;
}

/** An action on a store; calls back with an error or an answer. */
declare module 'dynalite/actions/putItem.js' {
  function run(store: object, data: object, callback: (error: unknown, answer?: object) => void): void;
  export default run;
}
declare module 'dynalite/actions/updateItem.js' {
  function run(store: object, data: object, callback: (error: unknown, answer?: object) => void): void;
  export default run;
}
declare module 'dynalite/actions/deleteItem.js' {
  function run(store: object, data: object, callback: (error: unknown, answer?: object) => void): void;
  export default run;
}
