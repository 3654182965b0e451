import type {
  DescribeVpcEncryptionControlsRequest,
  DescribeVpcEncryptionControlsResult,
  VpcEncryptionControl,
} from '@aws-sdk/client-ec2';
import type { ActionTable } from '../types.ts';
import { selectPage } from './describe.ts';
import { ec2Action } from './ec2-action.ts';
import { mustExist } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { EncryptionControl, VpcRecord } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';

/** A control and its VPC. */
interface Controlled {
  readonly order: number;
  readonly vpc: VpcRecord;
  readonly control: EncryptionControl;
}

/** Only what is read: controls are made and changed by {@link setEncryptionControl}. */
export const encryptionControlActions = (store: Ec2Store): ActionTable => ({
  DescribeVpcEncryptionControls: ec2Action<
    DescribeVpcEncryptionControlsRequest,
    DescribeVpcEncryptionControlsResult
  >({
    mutates: false,
    run: (call, input) => {
      const vpcs = input.VpcIds?.length
        ? input.VpcIds.map((id) => store.vpc(call, id))
        : itemsAt(store.vpcs, call);
      const controls = vpcs.flatMap((vpc) => controlOf(store, vpc));
      const { items, nextToken } = selectPage(controls, input, {
        ids: input.VpcIds,
        idsParameter: 'vpcIds',
        filters: FILTERS,
        pageSize: store.options.pageSize,
      });
      return { VpcEncryptionControls: items.map(toControl), NextToken: nextToken };
    },
  }),
});

export function setEncryptionControl(store: Ec2Store, vpcId: string, control: EncryptionControl): void {
  mustExist(store.vpcs.get(vpcId), vpcId);
  store.encryptionControls.set(vpcId, control);
}

function controlOf(store: Ec2Store, vpc: VpcRecord): readonly Controlled[] {
  const control = store.encryptionControls.get(vpc.id);
  return control === undefined ? [] : [{ order: vpc.order, vpc, control }];
}

/** A control's id is its VPC's, with another prefix. */
const idOf = ({ vpc }: Controlled): string => vpc.id.replace('vpc-', 'vpcec-');

const FILTERS: FilterTable<Controlled> = {
  mode: ({ control }) => [control.mode],
  'vpc-encryption-control-id': (each) => [idOf(each)],
  'vpc-id': ({ vpc }) => [vpc.id],
};

const toControl = (each: Controlled): VpcEncryptionControl => ({
  VpcId: each.vpc.id,
  VpcEncryptionControlId: idOf(each),
  Mode: each.control.mode,
  State: 'available',
  ResourceExclusions: { VpcPeering: { State: each.control.peeringExclusion } },
});
