import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  Region,
} from '@aws-sdk/client-ec2';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { dnsSuffixOf } from '../arn.ts';
import type { ActionTable, Call } from '../types.ts';
import { ec2Action } from './ec2-action.ts';
import { invalidValue } from './errors.ts';
import { applyFilters, type FilterTable } from './filters.ts';

interface RegionFacts {
  /** The letters of its zones. */
  readonly zones: string;
  /** The short form in the ids of its zones: `euw1` in `euw1-az1`. */
  readonly short: string;
  readonly isOptIn?: true;
}

/** https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and …/aws-availability-zones.html */
const REGIONS: Readonly<Record<string, RegionFacts>> = {
  'af-south-1': { zones: 'abc', short: 'afs1', isOptIn: true },
  'ap-east-1': { zones: 'abc', short: 'ape1', isOptIn: true },
  'ap-east-2': { zones: 'abc', short: 'ape2', isOptIn: true },
  'ap-northeast-1': { zones: 'acd', short: 'apne1' },
  'ap-northeast-2': { zones: 'abcd', short: 'apne2' },
  'ap-northeast-3': { zones: 'abc', short: 'apne3' },
  'ap-south-1': { zones: 'abc', short: 'aps1' },
  'ap-south-2': { zones: 'abc', short: 'aps2', isOptIn: true },
  'ap-southeast-1': { zones: 'abc', short: 'apse1' },
  'ap-southeast-2': { zones: 'abc', short: 'apse2' },
  'ap-southeast-3': { zones: 'abc', short: 'apse3', isOptIn: true },
  'ap-southeast-4': { zones: 'abc', short: 'apse4', isOptIn: true },
  'ap-southeast-5': { zones: 'abc', short: 'apse5', isOptIn: true },
  'ap-southeast-6': { zones: 'abc', short: 'apse6', isOptIn: true },
  'ap-southeast-7': { zones: 'abc', short: 'apse7', isOptIn: true },
  'ca-central-1': { zones: 'abd', short: 'cac1' },
  'ca-west-1': { zones: 'abc', short: 'caw1', isOptIn: true },
  'cn-north-1': { zones: 'abd', short: 'cnn1' },
  'cn-northwest-1': { zones: 'abc', short: 'cnnw1' },
  'eu-central-1': { zones: 'abc', short: 'euc1' },
  'eu-central-2': { zones: 'abc', short: 'euc2', isOptIn: true },
  'eu-north-1': { zones: 'abc', short: 'eun1' },
  'eu-south-1': { zones: 'abc', short: 'eus1', isOptIn: true },
  'eu-south-2': { zones: 'abc', short: 'eus2', isOptIn: true },
  'eu-west-1': { zones: 'abc', short: 'euw1' },
  'eu-west-2': { zones: 'abc', short: 'euw2' },
  'eu-west-3': { zones: 'abc', short: 'euw3' },
  'il-central-1': { zones: 'abc', short: 'ilc1', isOptIn: true },
  'me-central-1': { zones: 'abc', short: 'mec1', isOptIn: true },
  'me-south-1': { zones: 'abc', short: 'mes1', isOptIn: true },
  'mx-central-1': { zones: 'abc', short: 'mxc1', isOptIn: true },
  'sa-east-1': { zones: 'abc', short: 'sae1' },
  'us-east-1': { zones: 'abcdef', short: 'use1' },
  'us-east-2': { zones: 'abc', short: 'use2' },
  'us-gov-east-1': { zones: 'abc', short: 'usge1' },
  'us-gov-west-1': { zones: 'abc', short: 'usgw1' },
  'us-west-1': { zones: 'ac', short: 'usw1' },
  'us-west-2': { zones: 'abcd', short: 'usw2' },
};

/** A region that AWS opens tomorrow has three zones too. */
const UNKNOWN_REGION: RegionFacts = { zones: 'abc', short: 'xxx0' };

export const regionActions: ActionTable = {
  DescribeRegions: ec2Action<DescribeRegionsRequest, DescribeRegionsResult>({
    mutates: false,
    run: (call, input) => describeRegions(call, input),
  }),
  DescribeAvailabilityZones: ec2Action<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult>({
    mutates: false,
    run: ({ region }, input) => describeZones(region, input),
  }),
};

/** Accounts have the regions of their partition that need no opting in, and no others. */
function describeRegions(
  { region }: Call,
  { RegionNames, AllRegions, Filters }: DescribeRegionsRequest,
): DescribeRegionsResult {
  const named = RegionNames ?? [];
  const { id } = partitionOf(region);
  const own = Object.entries(REGIONS).filter(([name]) => partitionOf(name).id === id);
  for (const name of named) {
    if (!own.some(([known]) => known === name)) throw invalidValue(`Invalid region: ${name}`);
  }
  const regions = own
    .filter(([name, { isOptIn }]) =>
      named.length > 0 ? named.includes(name) : AllRegions === true || isOptIn !== true,
    )
    .map(([name, { isOptIn }]): Region => ({
      RegionName: name,
      Endpoint: `ec2.${name}.${dnsSuffixOf(name)}`,
      OptInStatus: isOptIn === true ? 'not-opted-in' : 'opt-in-not-required',
    }));
  return { Regions: applyFilters(regions, Filters, REGION_FILTERS) };
}

const REGION_FILTERS: FilterTable<Region> = {
  endpoint: ({ Endpoint }) => [Endpoint],
  'opt-in-status': ({ OptInStatus }) => [OptInStatus],
  'region-name': ({ RegionName }) => [RegionName],
};

/**
 * The zones of a region. Which letter stands for which id differs from account to account on AWS; here the letters
 * follow the ids.
 */
export function zonesOf(region: string): readonly { readonly name: string; readonly id: string }[] {
  const { zones, short } = REGIONS[region] ?? UNKNOWN_REGION;
  return Array.from(zones).map((letter, index) => ({ name: region + letter, id: `${short}-az${index + 1}` }));
}

function describeZones(
  region: string,
  { ZoneNames = [], ZoneIds = [], Filters }: DescribeAvailabilityZonesRequest,
): DescribeAvailabilityZonesResult {
  const zones = zonesOf(region);
  const asked = zones.filter(({ name, id }) => ZoneNames.includes(name) || ZoneIds.includes(id));
  for (const name of ZoneNames) {
    if (!zones.some((zone) => zone.name === name)) throw invalidValue(`Invalid availability zone: [${name}]`);
  }
  for (const id of ZoneIds) {
    if (!zones.some((zone) => zone.id === id)) throw invalidValue(`Invalid availability zone-id: [${id}]`);
  }
  const views = (ZoneNames.length + ZoneIds.length > 0 ? asked : zones).map(
    ({ name, id }): AvailabilityZone => ({
      ZoneName: name,
      ZoneId: id,
      RegionName: region,
      GroupName: `${region}-zg-1`,
      NetworkBorderGroup: region,
      ZoneType: 'availability-zone',
      State: 'available',
      OptInStatus: 'opt-in-not-required',
      Messages: [],
    }),
  );
  return { AvailabilityZones: applyFilters(views, Filters, ZONE_FILTERS) };
}

const none = () => [];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
const ZONE_FILTERS: FilterTable<AvailabilityZone> = {
  'group-long-name': none,
  'group-name': ({ GroupName }) => [GroupName],
  message: none,
  'opt-in-status': ({ OptInStatus }) => [OptInStatus],
  'parent-zone-id': none,
  'parent-zone-name': none,
  'region-name': ({ RegionName }) => [RegionName],
  state: ({ State }) => [State],
  'zone-id': ({ ZoneId }) => [ZoneId],
  'zone-name': ({ ZoneName }) => [ZoneName],
  'zone-type': ({ ZoneType }) => [ZoneType],
};
