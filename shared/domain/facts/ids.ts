/**
 * Branded identifiers. A value of one of these types has the form that AWS gives it; nothing else does.
 * Each `parse…` returns `undefined` for text of another form, so that the caller says what that means.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Twelve digits, leading zeros kept, for example `"012345678901"`. */
export type AccountId = Branded<'AccountId'>;
/** A region's code, for example `"eu-west-1"`. */
export type Region = Branded<'Region'>;
/** `vpc-` and 8 or 17 hexadecimal digits. */
export type VpcId = Branded<'VpcId'>;
/** `pcx-` and 8 or 17 hexadecimal digits: a VPC peering connection. */
export type PeeringId = Branded<'PeeringId'>;
/** `rtb-` and 8 or 17 hexadecimal digits. */
export type RouteTableId = Branded<'RouteTableId'>;
/** `pl-` and 8 hexadecimal digits (AWS's own lists) or 17: a managed prefix list. */
export type PrefixListId = Branded<'PrefixListId'>;
/** `ou-` and two parts, for example `"ou-ab12-prod0001"`. */
export type OuId = Branded<'OuId'>;

const FORMS = {
  accountId: /^\d{12}$/,
  region: /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/,
  vpcId: /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/,
  peeringId: /^pcx-([0-9a-f]{8}|[0-9a-f]{17})$/,
  routeTableId: /^rtb-([0-9a-f]{8}|[0-9a-f]{17})$/,
  prefixListId: /^pl-([0-9a-f]{8}|[0-9a-f]{17})$/,
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
  ouId: /^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/,
} as const;

function parser<Id extends string>(form: RegExp): (text: unknown) => Id | undefined {
  const matches = (text: unknown): text is Id => typeof text === 'string' && form.test(text);
  return (text) => (matches(text) ? text : undefined);
}

export const parseAccountId = parser<AccountId>(FORMS.accountId);
export const parseRegion = parser<Region>(FORMS.region);
export const parseVpcId = parser<VpcId>(FORMS.vpcId);
export const parsePeeringId = parser<PeeringId>(FORMS.peeringId);
export const parseRouteTableId = parser<RouteTableId>(FORMS.routeTableId);
export const parsePrefixListId = parser<PrefixListId>(FORMS.prefixListId);
export const parseOuId = parser<OuId>(FORMS.ouId);
