/** One HTTP request as a service's front door sees it; the same for the in-process transport and for real HTTP. */
export interface WireRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** What follows the question mark of the address; absent and empty are the same. */
  readonly query?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request. It rejects only for a fault of the simulation itself; AWS's errors are answers. */
export type Answer = (request: WireRequest) => Promise<WireResponse>;
