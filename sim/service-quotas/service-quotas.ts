import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetRequestedServiceQuotaChangeRequest,
  GetRequestedServiceQuotaChangeResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListAWSDefaultServiceQuotasRequest,
  ListAWSDefaultServiceQuotasResponse,
  ListRequestedServiceQuotaChangeHistoryRequest,
  ListRequestedServiceQuotaChangeHistoryResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ListServicesRequest,
  ListServicesResponse,
  RequestedServiceQuotaChange,
  RequestServiceQuotaIncreaseRequest,
  RequestServiceQuotaIncreaseResponse,
  RequestStatus,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';

import { formatArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SimulatedEc2 } from '../ec2/ec2.ts';
import type { SeededRandom } from '../random.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';
import { VPC_QUOTAS, type VpcQuota } from './vpc-quotas.ts';

const SERVICE = { ServiceCode: 'vpc', ServiceName: 'Amazon Virtual Private Cloud (Amazon VPC)' };
/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html */
const HIGHEST_MAX_RESULTS = 100;

interface QuotaRequest {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly requester: string;
  readonly quota: VpcQuota;
  readonly desired: number;
  readonly createdAtMs: number;
  updatedAtMs: number;
  status: RequestStatus;
}

/**
 * Simulated Service Quotas: those of Amazon VPC, which the simulated EC2 enforces. A request for more stays pending
 * until {@link decide}.
 */
export class SimulatedServiceQuotas {
  readonly actions: ActionTable;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #ec2: SimulatedEc2;
  readonly #requests: QuotaRequest[] = [];

  constructor(deps: { clock: VirtualClock; random: SeededRandom; ec2: SimulatedEc2 }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#ec2 = deps.ec2;
    this.actions = { ...this.#lookups(), ...this.#requestActions() };
  }

  /** What AWS's support does: from an approval on, the quota is the one that was asked for. */
  decide(requestId: string, status: 'APPROVED' | 'DENIED'): void {
    const request = this.#requests.find(({ id }) => id === requestId);
    if (request === undefined) throw new Error(`there is no quota request ${requestId}`);
    request.status = status;
    request.updatedAtMs = this.#clock.now();
    const { bounds } = request.quota;
    if (status === 'APPROVED' && bounds !== undefined) {
      this.#ec2.setQuotas(request.accountId, request.region, { [bounds]: request.desired });
    }
  }

  #lookups(): ActionTable {
    return {
      ListServices: action<ListServicesRequest, ListServicesResponse>({
        mutates: false,
        run: (_call, input) => {
          const { items, next } = page([SERVICE], input);
          return { Services: items, ...next };
        },
      }),
      GetServiceQuota: action<GetServiceQuotaRequest, GetServiceQuotaResponse>({
        mutates: false,
        run: (call, input) => ({ Quota: this.#applied(call, requireQuota(input)) }),
      }),
      GetAWSDefaultServiceQuota: action<GetAWSDefaultServiceQuotaRequest, GetAWSDefaultServiceQuotaResponse>({
        mutates: false,
        run: (call, input) => ({ Quota: awsDefault(call, requireQuota(input)) }),
      }),
      ListServiceQuotas: action<ListServiceQuotasRequest, ListServiceQuotasResponse>({
        mutates: false,
        run: (call, input) => {
          const { items, next } = page(quotasOf(input), input);
          return { Quotas: items.map((quota) => this.#applied(call, quota)), ...next };
        },
      }),
      ListAWSDefaultServiceQuotas: action<
        ListAWSDefaultServiceQuotasRequest,
        ListAWSDefaultServiceQuotasResponse
      >({
        mutates: false,
        run: (call, input) => {
          const { items, next } = page(quotasOf(input), input);
          return { Quotas: items.map((quota) => awsDefault(call, quota)), ...next };
        },
      }),
    };
  }

  #requestActions(): ActionTable {
    return {
      RequestServiceQuotaIncrease: action<
        RequestServiceQuotaIncreaseRequest,
        RequestServiceQuotaIncreaseResponse
      >({
        mutates: true,
        resources: (call, { ServiceCode = '', QuotaCode = '' }) => [
          quotaArn(call, ServiceCode, QuotaCode, call.caller.accountId),
        ],
        run: (call, input) => ({ RequestedQuota: toChange(this.#request(call, input)) }),
      }),
      GetRequestedServiceQuotaChange: action<
        GetRequestedServiceQuotaChangeRequest,
        GetRequestedServiceQuotaChangeResponse
      >({
        mutates: false,
        run: (call, { RequestId }) => {
          const request = this.#requestsOf(call).find(({ id }) => id === RequestId);
          if (request === undefined) throw noSuchResource();
          return { RequestedQuota: toChange(request) };
        },
      }),
      ListRequestedServiceQuotaChangeHistory: action<
        ListRequestedServiceQuotaChangeHistoryRequest,
        ListRequestedServiceQuotaChangeHistoryResponse
      >({
        mutates: false,
        run: (call, input) => {
          const { ServiceCode: service, Status: status } = input;
          const found = this.#requestsOf(call).filter(
            (request) =>
              (service === undefined || service === SERVICE.ServiceCode) &&
              (status === undefined || status === request.status),
          );
          const { items, next } = page(found, input);
          return { RequestedQuotas: items.map(toChange), ...next };
        },
      }),
    };
  }

  #request(call: Call, input: RequestServiceQuotaIncreaseRequest): QuotaRequest {
    const quota = requireQuota(input);
    const desired = input.DesiredValue ?? 0;
    if (quota.highest === undefined) throw illegalArgument('The quota is not adjustable.');
    if (desired <= (this.#applied(call, quota).Value ?? 0)) {
      throw illegalArgument('You must provide a quota value greater than the current quota value');
    }
    const isOpen = this.#requestsOf(call).some(
      (request) => request.quota === quota && request.status === 'PENDING',
    );
    if (isOpen) {
      throw new AwsError(
        'ResourceAlreadyExistsException',
        'Only one open service quota increase request is allowed per quota.',
      );
    }
    const now = this.#clock.now();
    const request: QuotaRequest = {
      id: this.#random.hex(32),
      accountId: call.caller.accountId,
      region: call.region,
      requester: call.caller.arn,
      quota,
      desired,
      createdAtMs: now,
      updatedAtMs: now,
      status: 'PENDING',
    };
    this.#requests.push(request);
    return request;
  }

  #requestsOf({ caller, region }: Call): QuotaRequest[] {
    return this.#requests.filter(
      (request) => request.accountId === caller.accountId && request.region === region,
    );
  }

  #applied(call: Call, quota: VpcQuota): ServiceQuota {
    const { accountId } = call.caller;
    const applied =
      quota.bounds === undefined ? quota.awsDefault : this.#ec2.quotas(accountId, call.region)[quota.bounds];
    return toQuota(call, quota, accountId, applied);
  }
}

function requireQuota(input: {
  readonly ServiceCode?: string | undefined;
  readonly QuotaCode?: string | undefined;
}): VpcQuota {
  const found = VPC_QUOTAS.find(({ code }) => code === input.QuotaCode);
  if (found === undefined || input.ServiceCode !== SERVICE.ServiceCode) throw noSuchResource();
  return found;
}

function quotasOf({ ServiceCode }: { readonly ServiceCode?: string | undefined }): readonly VpcQuota[] {
  if (ServiceCode !== SERVICE.ServiceCode) throw noSuchResource();
  return VPC_QUOTAS;
}

const noSuchResource = (): AwsError =>
  new AwsError(
    'NoSuchResourceException',
    'The request failed because the specified service or quota does not exist.',
  );

const illegalArgument = (message: string): AwsError => new AwsError('IllegalArgumentException', message);

const quotaArn = (call: Call, service: string, code: string, accountId: string): string =>
  formatArn('servicequotas', call.region, accountId, `${service}/${code}`);

/** A default belongs to no account. */
const awsDefault = (call: Call, quota: VpcQuota): ServiceQuota => toQuota(call, quota, '', quota.awsDefault);

const toQuota = (call: Call, quota: VpcQuota, accountId: string, value: number): ServiceQuota => ({
  ...SERVICE,
  QuotaArn: quotaArn(call, SERVICE.ServiceCode, quota.code, accountId),
  QuotaCode: quota.code,
  QuotaName: quota.name,
  Value: value,
  Unit: 'None',
  Adjustable: quota.highest !== undefined,
  GlobalQuota: false,
});

const toChange = (request: QuotaRequest): RequestedServiceQuotaChange => ({
  ...SERVICE,
  Id: request.id,
  QuotaCode: request.quota.code,
  QuotaName: request.quota.name,
  DesiredValue: request.desired,
  Status: request.status,
  Created: new Date(request.createdAtMs),
  LastUpdated: new Date(request.updatedAtMs),
  Requester: JSON.stringify({ accountId: request.accountId, callerArn: request.requester }),
  QuotaArn: formatArn(
    'servicequotas',
    request.region,
    request.accountId,
    `${SERVICE.ServiceCode}/${request.quota.code}`,
  ),
  GlobalQuota: false,
  Unit: 'None',
});

function page<Item>(
  items: readonly Item[],
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
): { items: Item[]; next: { NextToken?: string } } {
  const { MaxResults: max = HIGHEST_MAX_RESULTS, NextToken } = input;
  if (max < 1 || max > HIGHEST_MAX_RESULTS) {
    throw illegalArgument(`MaxResults must be between 1 and ${HIGHEST_MAX_RESULTS}.`);
  }
  return pageOfList(items, max, NextToken, () => {
    throw new AwsError('InvalidPaginationTokenException', 'Invalid input was provided.');
  });
}
