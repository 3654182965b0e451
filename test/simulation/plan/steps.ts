/** One thing that somebody does. Ids tell steps apart; a request's id is what later steps call its peering. */
export type Step = { readonly id: number; readonly atMs: number } & Deed;

export type Role = 'requester' | 'accepter';

export type Deed =
  /** Somebody asks for a peering. */
  | { readonly kind: 'request'; readonly from: string; readonly to: string }
  /** A person of the accepter's account answers by hand. */
  | { readonly kind: 'accept' | 'reject'; readonly peering: number }
  | {
      readonly kind: 'delete-peering';
      readonly peering: number;
      readonly by: Role;
      /** Whether EC2 forgets it at once, before anybody has looked. */
      readonly isForgotten: boolean;
    }
  /** EC2 forgets an ended peering before its time. */
  | { readonly kind: 'forget-peering'; readonly peering: number }
  | { readonly kind: 'add-cidr'; readonly vpc: string; readonly cidr: string }
  /** Takes the VPC's last secondary CIDR away. */
  | { readonly kind: 'remove-cidr'; readonly vpc: string }
  | { readonly kind: 'add-subnet'; readonly vpc: string; readonly ownTable: boolean }
  | { readonly kind: 'remove-subnet'; readonly vpc: string }
  | { readonly kind: 'remove-vpc'; readonly vpc: string }
  /** The last subnet with a table of its own goes back to the main one. */
  | { readonly kind: 'disassociate-table'; readonly vpc: string }
  /** A route that is not ours: in the VPC's nth table, to another VPC's CIDR or a part of it. */
  | {
      readonly kind: 'foreign-route';
      readonly vpc: string;
      readonly table: number;
      readonly towards: string;
      readonly part: Part;
    }
  | { readonly kind: 'remove-foreign-routes'; readonly vpc: string }
  /** A wide route: on-premises, everything to a firewall or to the internet, containers elsewhere. */
  | { readonly kind: 'wide-route'; readonly vpc: string; readonly table: number; readonly to: Wide }
  /** A route to a customer-managed prefix list, which holds other VPCs' CIDRs or parts of them. */
  | {
      readonly kind: 'list-route';
      readonly vpc: string;
      readonly table: number;
      readonly towards: readonly string[];
      readonly part: Part;
      /** The request whose peering it leads to; to the transit gateway where it is absent. */
      readonly peering?: number;
    }
  /** Whoever keeps the list of the account and region adds a VPC's CIDR to it, or takes the last one out. */
  | { readonly kind: 'modify-list'; readonly vpc: string; readonly add: string | undefined }
  /** A virtual private gateway of the VPC propagates a route to another VPC's CIDR. */
  | {
      readonly kind: 'propagate';
      readonly vpc: string;
      readonly table: number;
      readonly towards: string;
      readonly part: Part;
    }
  /** A person writes a route to the peering by hand. */
  | {
      readonly kind: 'route-by-hand';
      readonly peering: number;
      readonly side: Role;
      readonly table: number;
      readonly part: Part;
      /** In the place of the other VPC's first CIDR. */
      readonly cidr?: string;
    }
  /** Terraform with inline routes: takes away every route of the VPC to a peering. */
  | { readonly kind: 'undo-routes'; readonly vpc: string }
  /** Terraform again: our route gets another target. */
  | { readonly kind: 'replace-routes'; readonly vpc: string }
  /** The same right after autopeer has looked at the VPC's tables, while it still works on what it saw. */
  | { readonly kind: 'snatch-routes'; readonly vpc: string }
  | { readonly kind: 'dns-option-off' | 'dns-option-on'; readonly peering: number; readonly side: Role }
  | { readonly kind: 'dns-hostnames'; readonly vpc: string; readonly on: boolean }
  | { readonly kind: 'tag-vpc'; readonly vpc: string; readonly key: string; readonly value: string }
  | { readonly kind: 'untag-vpc'; readonly vpc: string; readonly key: string }
  | { readonly kind: 'tag-table'; readonly vpc: string; readonly table: number }
  /** Somebody writes a text into a tag that is made to look like a line, a link or a call to everybody. */
  | { readonly kind: 'forge-tag'; readonly vpc: string; readonly key: string; readonly word: number }
  | { readonly kind: 'forge-status'; readonly peering: number; readonly side: Role; readonly word: number }
  /** Somebody writes status tags of his own. */
  | { readonly kind: 'spoof-status'; readonly peering: number; readonly side: Role; readonly status: string }
  | { readonly kind: 'move-account'; readonly accountId: string; readonly ou: string | undefined }
  | { readonly kind: 'suspend-account' | 'reopen-account'; readonly accountId: string }
  /** The admin of an account deletes the member role, or leaves it and takes all it may do away. */
  | { readonly kind: 'break-role'; readonly accountId: string; readonly how: 'deleted' | 'stripped' }
  | { readonly kind: 'mend-role'; readonly accountId: string }
  | { readonly kind: 'change-policy'; readonly policy: number }
  /** An event that never was, from the attacker's account, about anybody's peering. */
  | {
      readonly kind: 'forge-event';
      readonly accountId: string;
      readonly region: string;
      readonly eventName: string;
      readonly peering: number;
      /** Whether it says that it comes from the account of the peering's accepter. */
      readonly asVictim: boolean;
    }
  /** The attacker puts a domain event of ours on the hub's bus. */
  | { readonly kind: 'forge-notice'; readonly accountId: string; readonly peering: number }
  /** An old event once more. */
  | { readonly kind: 'replay-event'; readonly nth: number }
  /** Lambda runs the last event of a function once more, at the same time as others. */
  | {
      readonly kind: 'double-invocation';
      readonly functionName: 'reconcilePeering' | 'sweepAccount' | 'intake';
    }
  | {
      readonly kind: 'routes-quota';
      readonly accountId: string;
      readonly region: string;
      readonly routesPerTable: number;
    }
  /** Somebody asks what waits for people, and sees all of it. */
  | { readonly kind: 'look-at-pending'; readonly who: Person }
  /** … and answers what he saw when he last looked, whatever has become of it. */
  | {
      readonly kind: 'answer';
      readonly who: Person;
      readonly verb: 'approve' | 'reject' | 'revoke';
      readonly peering: number;
    }
  /** The hub's schedule starts a sweep. */
  | { readonly kind: 'sweep' };

/** Who answers requests; `Nobody` may send commands, and is nobody's approver. */
export type Person = 'Net1' | 'Net2' | 'Owner' | 'Nobody';

/** How much of a VPC's CIDR a route is for: longer prefixes shadow ours. */
export type Part = 'whole' | 'half' | 'subnet';

export type Wide = 'ten-to-tgw' | 'shared-to-tgw' | 'all-to-tgw' | 'all-to-nat' | 'all-to-igw';

export type DeedKind = Deed['kind'];
