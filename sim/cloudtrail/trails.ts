import type {
  DescribeTrailsRequest,
  DescribeTrailsResponse,
  EventSelector,
  GetEventSelectorsRequest,
  GetEventSelectorsResponse,
  GetTrailStatusRequest,
  GetTrailStatusResponse,
} from '@aws-sdk/client-cloudtrail';

import { formatArn } from '../arn.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';

/** A trail. Of its settings only what `autopeer doctor` looks at. */
export interface SimulatedTrail {
  readonly name: string;
  readonly accountId: string;
  readonly homeRegion: string;
  /** Its account is the management account; every account of the organization has a shadow of it. */
  readonly isOrganizationTrail?: boolean;
  readonly isMultiRegion?: boolean;
  isLogging: boolean;
  /** Management events, reads and writes, where it is left out. */
  selectors?: readonly EventSelector[];
}

const ALL_MANAGEMENT: readonly EventSelector[] = [
  {
    ReadWriteType: 'All',
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: [],
  },
];

/**
 * The trails that people made. They only say so: what reaches EventBridge is the matter of `trail.ts`.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
 */
export class SimulatedTrails {
  readonly actions: ActionTable;
  readonly #trails: SimulatedTrail[] = [];
  readonly #isMember: (accountId: string) => boolean;

  /** @param isMember whether an account belongs to the organization */
  constructor(isMember: (accountId: string) => boolean) {
    this.#isMember = isMember;
    this.actions = this.#reads();
  }

  add(trail: SimulatedTrail): void {
    this.#trails.push(trail);
  }

  /** Takes a trail away. */
  remove(name: string): void {
    const index = this.#trails.findIndex((trail) => trail.name === name);
    if (index >= 0) this.#trails.splice(index, 1);
  }

  /** A trail that must be there, to change it. */
  named(name: string): SimulatedTrail {
    const found = this.#trails.find((trail) => trail.name === name);
    if (found === undefined) throw new Error(`there is no trail ${name}`);
    return found;
  }

  #reads(): ActionTable {
    return {
      DescribeTrails: action<DescribeTrailsRequest, DescribeTrailsResponse>({
        mutates: false,
        run: (call, { trailNameList: names = [], includeShadowTrails: withShadows = true }) => ({
          trailList: this.#trails
            .filter((trail) => this.#isSeen(trail, call))
            .filter((trail) => withShadows || isHome(trail, call))
            .filter((trail) => names.length === 0 || names.some((name) => isCalled(trail, name)))
            .map((trail) => ({
              Name: trail.name,
              TrailARN: arnOf(trail),
              HomeRegion: trail.homeRegion,
              IsMultiRegionTrail: trail.isMultiRegion === true,
              IsOrganizationTrail: trail.isOrganizationTrail === true,
              HasCustomEventSelectors: trail.selectors !== undefined,
            })),
        }),
      }),
      GetTrailStatus: action<GetTrailStatusRequest, GetTrailStatusResponse>({
        mutates: false,
        resources: (call, { Name = '' }) => [this.#arn(call, Name)],
        run: (call, { Name = '' }) => ({ IsLogging: this.#require(call, Name).isLogging }),
      }),
      GetEventSelectors: action<GetEventSelectorsRequest, GetEventSelectorsResponse>({
        mutates: false,
        resources: (call, { TrailName = '' }) => [this.#arn(call, TrailName)],
        run: (call, { TrailName = '' }) => {
          const trail = this.#require(call, TrailName);
          return { TrailARN: arnOf(trail), EventSelectors: [...(trail.selectors ?? ALL_MANAGEMENT)] };
        },
      }),
    };
  }

  /** In another region a trail of all regions shows as a shadow, and in the accounts that of the organization. */
  #isSeen(trail: SimulatedTrail, call: Call): boolean {
    const isOwn = trail.accountId === call.caller.accountId;
    const isShared = trail.isOrganizationTrail === true && this.#isMember(call.caller.accountId);
    const isHere = trail.homeRegion === call.region || trail.isMultiRegion === true;
    return (isOwn || isShared) && isHere;
  }

  /** A shadow must be called by its ARN. */
  #require(call: Call, nameOrArn: string): SimulatedTrail {
    const found = this.#trails.find(
      (trail) =>
        this.#isSeen(trail, call) &&
        (arnOf(trail) === nameOrArn || (trail.name === nameOrArn && isHome(trail, call))),
    );
    if (found !== undefined) return found;
    const { accountId } = call.caller;
    throw new AwsError('TrailNotFoundException', `Unknown trail: ${nameOrArn} for the user: ${accountId}`);
  }

  #arn(call: Call, nameOrArn: string): string {
    if (nameOrArn.startsWith('arn:')) return nameOrArn;
    return formatArn('cloudtrail', call.region, call.caller.accountId, `trail/${nameOrArn}`);
  }
}

const isHome = (trail: SimulatedTrail, { region, caller }: Call): boolean =>
  trail.homeRegion === region && trail.accountId === caller.accountId;

const arnOf = ({ homeRegion, accountId, name }: SimulatedTrail): string =>
  formatArn('cloudtrail', homeRegion, accountId, `trail/${name}`);

const isCalled = (trail: SimulatedTrail, nameOrArn: string): boolean =>
  trail.name === nameOrArn || arnOf(trail) === nameOrArn;
