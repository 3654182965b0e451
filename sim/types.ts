/** Who makes a call, as the credentials on the wire say. */
export interface Caller {
  readonly accountId: string;
  /** The principal's ARN: a user, or an assumed role's session. */
  readonly arn: string;
  /** The IAM role behind the session; absent for a user, who may do everything in his own account. */
  readonly roleArn?: string;
}

/** Who makes a call that nobody signed; only actions that need no signature ever see it. */
export const ANONYMOUS: Caller = { accountId: 'ANONYMOUS_PRINCIPAL', arn: 'anonymous' };

/** One API call as it reaches a service. */
export interface Call {
  /** The service's IAM prefix: `ec2`, `sts`, `sqs`, … */
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly userAgent: string;
  /** What the function that makes the call sends as `X-Amzn-Trace-Id`: which of its invocations it is. */
  readonly traceId?: string;
}

/** An error as AWS answers it; the wire layer writes it in the protocol of the service. */
export class AwsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  /** What the error says besides, as JSON: the reasons of a cancelled transaction. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    httpStatus = 400,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.httpStatus = httpStatus;
    this.details = details;
  }
}

/** One API action of a simulated service. The input has passed the SDK's own schema when it arrives. */
export interface Action {
  /** Mutating actions are logged by CloudTrail as management write events; others never reach EventBridge. */
  readonly mutates: boolean;
  /** The ARNs that IAM checks the caller's permission on; `["*"]` when the action has no resource type. */
  resources(call: Call, input: unknown): readonly string[];
  /** Where it needs other permissions than one of its own name on each of its resources. */
  permissions?(call: Call, input: unknown): readonly Permission[];
  /** Does it, or throws an {@link AwsError}. */
  run(call: Call, input: unknown): unknown;
}

/** A permission that an action needs. */
export interface Permission {
  /** Without its service. */
  readonly action: string;
  readonly resource: string;
  /** What of the input its condition keys are about. */
  readonly input: unknown;
}

/** A simulated service: its actions by name. */
export type ActionTable = Readonly<Record<string, Action>>;

/** Gives an action its input type. The cast is sound: the wire layer reads the input by the action's own schema. */
export function action<Input, Output>(definition: {
  mutates: boolean;
  resources?: (call: Call, input: Input) => readonly string[];
  permissions?: (call: Call, input: Input) => readonly Permission[];
  run: (call: Call, input: Input) => Output | Promise<Output>;
}): Action {
  const { mutates, run, resources, permissions } = definition;
  return {
    mutates,
    resources: (call, input) => resources?.(call, input as Input) ?? ['*'],
    ...(permissions === undefined
      ? {}
      : { permissions: (call: Call, input: unknown) => permissions(call, input as Input) }),
    run: (call, input) => run(call, input as Input),
  };
}
