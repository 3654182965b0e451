/** The most that CloudFormation takes in a request, in bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const TEMPLATE_BODY_MAX = 51_200;

/** As whom CloudFormation acts: the delegated administrator, which the hub's account is, or the management account. */
export type CallAs = 'DELEGATED_ADMIN' | 'SELF';

/** The parameters of the member stacks. */
export interface MemberParameters {
  /** The hub's, which every name starts with: autopeer-prod. */
  readonly name: string;
  readonly busArn: string;
  /** Where the role that the hub assumes is made. */
  readonly homeRegion: string;
  readonly mayDelete: boolean;
  /** The ARN of those who may read in every account; nobody where it is left out. */
  readonly readers?: string | undefined;
  /** Whether the organization has AWS's policies for a data perimeter. */
  readonly dataPerimeter?: boolean | undefined;
}

export interface MembersWish extends MemberParameters {
  readonly callAs: CallAs;
  /** OUs, or the root. */
  readonly units: readonly string[];
  readonly regions: readonly string[];
  /** The text of deploy/member.yaml. */
  readonly memberTemplate: string;
}

export const membersName = (name: string): string => `${name}-members`;

/** The parameters of deploy/member.yaml. */
export const memberParameters = ({
  name,
  busArn,
  homeRegion,
  mayDelete,
  readers,
  dataPerimeter,
}: MemberParameters) =>
  Object.entries({
    HubBusArn: busArn,
    HubAccountId: busArn.split(':')[4] ?? '',
    HomeRegion: homeRegion,
    Name: name,
    MayDeletePeerings: String(mayDelete),
    ...(readers === undefined ? {} : { ReadPrincipalArn: readers }),
    ...(dataPerimeter === true ? { DataPerimeter: 'true' } : {}),
  }).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

/**
 * The template, as JSON, of a stack with the stack set that gives every account its member stack. One account in which it
 * fails stops no other: all may fail, and all are done at once.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
 */
export const membersTemplate = (wish: MembersWish): string =>
  JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The member stacks of ${wish.name}, in every account below its units. Deleting this deletes their roles.`,
    Resources: {
      Members: {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: membersName(wish.name),
          Description: 'The role that autopeer assumes, and the rule that forwards peering events to it',
          PermissionModel: 'SERVICE_MANAGED',
          CallAs: wish.callAs,
          // New accounts get it by themselves; one that leaves loses it.
          AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
          // Operations that do not touch each other run side by side, others wait.
          ManagedExecution: { Active: true },
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          OperationPreferences: {
            FailureTolerancePercentage: 100,
            MaxConcurrentPercentage: 100,
            RegionConcurrencyType: 'PARALLEL',
          },
          Parameters: memberParameters(wish),
          StackInstancesGroup: [
            { DeploymentTargets: { OrganizationalUnitIds: wish.units }, Regions: wish.regions },
          ],
          TemplateBody: wish.memberTemplate,
        },
      },
    },
    Outputs: {
      HomeRegion: {
        Description: 'Where the role of each account is made. It stays the same, or the roles would be lost',
        Value: wish.homeRegion,
      },
    },
  });
