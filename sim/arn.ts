/** The parts of an Amazon Resource Name. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the account, such as `role/autopeer` or `event-bus/default`. */
  readonly resource: string;
}

/** The parts of an ARN, or undefined when the text is none (`*` for one). */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:aws:([^:]*):([^:]*):([^:]*):(.+)$/s.exec(text);
  const [, service, region, accountId, resource] = match ?? [];
  if (service === undefined || region === undefined || accountId === undefined || resource === undefined) {
    return undefined;
  }
  return { service, region, accountId, resource };
}

/** The parts of an ARN that must be one. */
export function requireArn(text: string): Arn {
  const arn = parseArn(text);
  if (arn === undefined) throw new Error(`not an ARN: ${text}`);
  return arn;
}

/** Writes an ARN in the partition `aws`, the only one that the simulation has. */
export function formatArn(service: string, region: string, accountId: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}
