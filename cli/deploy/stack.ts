import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type Change,
  type CloudFormationClient,
  type Parameter,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../shared/domain/work/log.ts';
import { call } from '../../shared/aws/calls.ts';
import { AwsFailure } from '../../shared/domain/work/failure.ts';

/** The stack could not be brought to where it should be; the message is for people. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';
}

const POLL_MS = 3000;
/** A hub takes some minutes. */
const MAX_POLLS = 1200;
/** Of a change that was prepared, until it is made or dropped. */
const CHANGE_SET = 'autopeer';
const CAPABILITIES: ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM')[] = [
  'CAPABILITY_IAM',
  'CAPABILITY_NAMED_IAM',
];

/** Where CloudFormation reads a template: in the request, at most 51,200 bytes, or in a bucket. */
export type Template = { readonly TemplateBody: string } | { readonly TemplateURL: string };

/** One stack of CloudFormation, which people see changing. */
export class NamedStack {
  readonly #client: CloudFormationClient;
  readonly name: string;
  readonly #clock: Clock;
  readonly #progress: (line: string) => void;
  #seen: Set<string | undefined> = new Set();

  constructor(client: CloudFormationClient, name: string, clock: Clock, progress: (line: string) => void) {
    this.#client = client;
    this.name = name;
    this.#clock = clock;
    this.#progress = progress;
  }

  async find(): Promise<Stack | undefined> {
    try {
      const answer = await this.#call('DescribeStacks', () =>
        this.#client.send(new DescribeStacksCommand({ StackName: this.name })),
      );
      const [stack] = answer.Stacks ?? [];
      return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
    } catch (error) {
      // CloudFormation has no code of its own for a stack that is not there.
      if (error instanceof AwsFailure && error.code === 'ValidationError') return undefined;
      throw error;
    }
  }

  /**
   * Deletes what a failed first deployment has left, which could only be in the way; a stack that works stays.
   *
   * @param confirm asked before: a stack of this name may be somebody else's
   */
  async clearFailedCreate(confirm: (question: string) => Promise<boolean>): Promise<Stack | undefined> {
    const stack = await this.find();
    const status = stack?.StackStatus ?? '';
    if (['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'].includes(status)) {
      const left = `the stack ${this.name} was never made (${status})`;
      if (!(await confirm(`${left}. Delete what is left of it?`))) throw new StackFailure(left);
      this.#progress(`${left}: it is deleted first`);
      await this.delete();
      return undefined;
    }
    if (status.endsWith('_IN_PROGRESS')) {
      throw new StackFailure(
        `somebody is changing the stack ${this.name} (${status}): wait until it is done`,
      );
    }
    if (status === 'DELETE_FAILED') {
      throw new StackFailure(`the stack ${this.name} is half deleted: end that first with autopeer remove`);
    }
    if (status === 'UPDATE_ROLLBACK_FAILED') {
      throw new StackFailure(
        `the stack ${this.name} is ${status}: mend it in the console of CloudFormation first`,
      );
    }
    return stack;
  }

  /** The text of the template that the stack was last made or changed with. */
  async template(): Promise<string> {
    const answer = await this.#call('GetTemplate', () =>
      this.#client.send(new GetTemplateCommand({ StackName: this.name })),
    );
    return answer.TemplateBody ?? '';
  }

  /** Makes the stack with this template alone. */
  async create(TemplateBody: string, Parameters: Parameter[] = []): Promise<Stack> {
    await this.#remember();
    await this.#call('CreateStack', () =>
      this.#client.send(
        new CreateStackCommand({
          StackName: this.name,
          TemplateBody,
          Parameters,
          Capabilities: CAPABILITIES,
        }),
      ),
    );
    return this.#there(await this.#settle());
  }

  /**
   * Prepares a change. What an earlier deployment had to leave, the ledger above all, is taken over.
   *
   * @returns nothing where nothing would change
   */
  async prepare(template: Template, Parameters: Parameter[] = []): Promise<readonly Change[] | undefined> {
    const of = { StackName: this.name, ChangeSetName: CHANGE_SET };
    await this.#call('CreateChangeSet', () =>
      this.#client.send(
        new CreateChangeSetCommand({
          ...of,
          ...template,
          Parameters,
          ChangeSetType: 'UPDATE',
          Capabilities: CAPABILITIES,
          ImportExistingResources: true,
        }),
      ),
    );
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const {
        Status,
        StatusReason = '',
        Changes = [],
      } = await this.#call('DescribeChangeSet', () => this.#client.send(new DescribeChangeSetCommand(of)));
      if (Status === 'CREATE_COMPLETE') return Changes;
      if (Status === 'FAILED') {
        await this.drop();
        // CloudFormation says it in words only.
        if (/didn't contain changes|No updates are to be performed/.test(StatusReason)) return undefined;
        throw new StackFailure(`the change cannot be made: ${StatusReason}`);
      }
      await this.#clock.sleep(POLL_MS);
    }
    throw new StackFailure('CloudFormation does not say what would change');
  }

  /** Forgets a prepared change. */
  async drop(): Promise<void> {
    await this.#call('DeleteChangeSet', () =>
      this.#client.send(new DeleteChangeSetCommand({ StackName: this.name, ChangeSetName: CHANGE_SET })),
    );
  }

  /** Makes a prepared change. */
  async execute(): Promise<Stack> {
    await this.#remember();
    await this.#call('ExecuteChangeSet', () =>
      this.#client.send(new ExecuteChangeSetCommand({ StackName: this.name, ChangeSetName: CHANGE_SET })),
    );
    return this.#there(await this.#settle());
  }

  /** Deletes the stack; what its template retains stays. */
  async delete(): Promise<void> {
    await this.#remember();
    await this.#call('DeleteStack', () =>
      this.#client.send(new DeleteStackCommand({ StackName: this.name })),
    );
    await this.#settle();
  }

  #there(stack: Stack | undefined): Stack {
    if (stack === undefined) throw new StackFailure(`the stack ${this.name} is gone`);
    return stack;
  }

  /** Waits, and shows what happens meanwhile. */
  async #settle(): Promise<Stack | undefined> {
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const stack = await this.find();
      if (stack === undefined) return undefined;
      const failures = await this.#show();
      const status = stack.StackStatus ?? '';
      if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return stack;
      if (!status.endsWith('_IN_PROGRESS')) {
        throw new StackFailure([`the stack ${this.name} is ${status}`, ...failures].join('\n'));
      }
      await this.#clock.sleep(POLL_MS);
    }
    throw new StackFailure(
      `the stack ${this.name} takes longer than an hour; see the console of CloudFormation`,
    );
  }

  async #events(): Promise<readonly StackEvent[]> {
    try {
      const answer = await this.#call('DescribeStackEvents', () =>
        this.#client.send(new DescribeStackEventsCommand({ StackName: this.name })),
      );
      return answer.StackEvents ?? [];
    } catch (error) {
      // It may be gone since it was found.
      if (error instanceof AwsFailure && error.code === 'ValidationError') return [];
      throw error;
    }
  }

  /** What happened before is not shown again. */
  async #remember(): Promise<void> {
    const known = (await this.find()) === undefined ? [] : await this.#events();
    this.#seen = new Set(known.map(({ EventId }) => EventId));
  }

  /** @returns why something failed, a sentence each */
  async #show(): Promise<readonly string[]> {
    const all = await this.#events();
    for (const event of all.filter(({ EventId }) => !this.#seen.has(EventId)).toReversed()) {
      this.#seen.add(event.EventId);
      const { ResourceStatus = '', ResourceType = '', LogicalResourceId = '' } = event;
      this.#progress(`  ${ResourceStatus.padEnd(20)} ${LogicalResourceId} (${ResourceType})`);
    }
    return all.flatMap(({ ResourceStatus, LogicalResourceId, ResourceStatusReason }) =>
      ResourceStatus?.endsWith('_FAILED') === true && ResourceStatusReason !== undefined
        ? [`${LogicalResourceId}: ${ResourceStatusReason}`]
        : [],
    );
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the stack ${this.name}`, send);
  }
}
