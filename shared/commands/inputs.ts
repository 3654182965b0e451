import * as z from 'zod';
import { parsePeeringId, parseVpcId, type PeeringId, type VpcId } from '../domain/facts/ids.ts';
import { parseDigest, type Digest } from '../domain/policy/language/canonical.ts';

export const peering = z.string().transform((text, context): PeeringId => {
  const id = parsePeeringId(text);
  if (id !== undefined) return id;
  context.addIssue('write the id of a peering, which begins with pcx-');
  return z.NEVER;
});

export const vpc = z.string().transform((text, context): VpcId => {
  const id = parseVpcId(text);
  if (id !== undefined) return id;
  context.addIssue('write the id of a VPC, which begins with vpc-');
  return z.NEVER;
});

export const fingerprint = z.string().transform((text, context): Digest => {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  context.addIssue('write the whole fingerprint of what was shown: sha256: and 64 hexadecimal digits');
  return z.NEVER;
});

/** For everybody who is told. */
export const reason = z.string().trim().min(1).max(500);
