import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  TagDescription,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action, type ResourceType } from './ec2-action.ts';
import { hasForm, missingParameter, notFound, requireId } from './errors.ts';
import { applyFilters, type FilterTable } from './filters.ts';
import { pageOf } from './paging.ts';
import { isVisible } from './peering-state.ts';
import { requireOwnPrefixList } from './prefix-list-state.ts';
import { placeOf, type Ec2Store } from './store.ts';

const HIGHEST_MAX_RESULTS = 1000;

const TAGGABLE = [
  { kind: 'vpc', type: 'vpc' },
  { kind: 'subnet', type: 'subnet' },
  { kind: 'routeTable', type: 'route-table' },
  { kind: 'internetGateway', type: 'internet-gateway' },
  { kind: 'networkAcl', type: 'network-acl' },
  { kind: 'networkInterface', type: 'network-interface' },
  { kind: 'securityGroup', type: 'security-group' },
  { kind: 'securityGroupRule', type: 'security-group-rule' },
  { kind: 'peering', type: 'vpc-peering-connection' },
  { kind: 'prefixList', type: 'prefix-list' },
  { kind: 'vpnGateway', type: 'vpn-gateway' },
] as const;

const taggable = (id: string) => TAGGABLE.find(({ kind }) => hasForm(kind, id));

const resourceTypeOf = (id: string): ResourceType | undefined => taggable(id)?.type;

export function tagActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { Resources = [] }: { Resources: string[] | undefined }) =>
    Resources.flatMap((id) => {
      const type = resourceTypeOf(id);
      return type === undefined ? [] : [arnOf(call, type, id)];
    });
  return {
    CreateTags: ec2Action<CreateTagsRequest, object>({
      mutates: true,
      resources,
      run: (call, { Resources, Tags }) => {
        if (Tags === undefined || Tags.length === 0) throw missingParameter('tag');
        const ids = requireResources(store, call, Resources);
        for (const id of ids) store.tags.set(call, id, Tags);
        return {};
      },
    }),
    DeleteTags: ec2Action<DeleteTagsRequest, object>({
      mutates: true,
      resources,
      run: (call, { Resources, Tags }) => {
        for (const id of requireResources(store, call, Resources)) store.tags.remove(call, id, Tags);
        return {};
      },
    }),
    DescribeTags: ec2Action<DescribeTagsRequest, DescribeTagsResult>({
      mutates: false,
      run: (call, input) => describeTags(store, call, input),
    }),
  };
}

/** The ids of a tagging call; each must be a resource that the caller sees. */
function requireResources(
  store: Ec2Store,
  call: Call,
  ids: readonly string[] | undefined,
): readonly string[] {
  if (ids === undefined || ids.length === 0) throw missingParameter('resourceIdSet');
  for (const id of ids) assertVisible(store, call, id);
  return ids;
}

function assertVisible(store: Ec2Store, call: Call, id: string): void {
  switch (taggable(id)?.kind) {
    case 'vpc':
      store.vpc(call, id);
      return;
    case 'subnet':
      store.subnet(call, id);
      return;
    case 'routeTable':
      store.routeTable(call, id);
      return;
    case 'internetGateway':
      store.internetGateway(call, id);
      return;
    case 'networkAcl':
      store.networkAcl(call, id);
      return;
    case 'networkInterface':
      store.networkInterface(call, id);
      return;
    case 'prefixList':
      requireOwnPrefixList(store, call, id);
      return;
    case 'vpnGateway':
      store.vpnGateway(call, id);
      return;
    case 'securityGroup':
      store.securityGroup(call, id);
      return;
    case 'securityGroupRule': {
      const wellFormed = requireId('securityGroupRule', id);
      const groups = store.securityGroupsOf(placeOf(call));
      if (!groups.some(({ rules }) => rules.some((rule) => rule.id === wellFormed))) {
        throw notFound('securityGroupRule', wellFormed);
      }
      return;
    }
    case 'peering': {
      const peering = store.peerings.get(requireId('peering', id));
      if (peering === undefined || !isVisible(peering, call, store.now(), store.options)) {
        throw notFound('peering', id);
      }
      return;
    }
    case undefined:
      throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  }
}

interface TagRow {
  readonly order: number;
  readonly description: TagDescription;
}

function describeTags(store: Ec2Store, call: Call, input: DescribeTagsRequest): DescribeTagsResult {
  const rows = store.tags
    .all(call)
    .flatMap(({ resourceId, tags }) =>
      [...tags].map(([Key, Value]) => ({ Key, Value, ResourceId: resourceId })),
    )
    .toSorted((one, other) => compare(one.ResourceId, other.ResourceId) || compare(one.Key, other.Key))
    .map((tag, index): TagRow => {
      const type = resourceTypeOf(tag.ResourceId);
      return { order: index + 1, description: { ...tag, ...(type && { ResourceType: type }) } };
    });
  const page = pageOf(applyFilters(rows, input.Filters, FILTERS, ROW_TAGS), input, {
    ids: undefined,
    idsParameter: 'resources',
    highestMaxResults: HIGHEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  return { Tags: page.items.map(({ description }) => description), NextToken: page.nextToken };
}

const compare = (one: string, other: string): number => Number(one > other) - Number(one < other);

const ROW_TAGS = { tags: ({ description }: TagRow) => [description] };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
const FILTERS: FilterTable<TagRow> = {
  key: ({ description }) => [description.Key],
  'resource-id': ({ description }) => [description.ResourceId],
  'resource-type': ({ description }) => [description.ResourceType],
  value: ({ description }) => [description.Value],
};
