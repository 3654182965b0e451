import type {
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  ParameterStringFilter,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';

import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { formatArn } from '../arn.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';
import { parameterArn, wireParameter, type StoredParameter } from './ssm-parameter.ts';
import type { SimulatedSsm } from './ssm.ts';

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const VALUE_LIMIT = 4_096;
const NAME = /^[a-zA-Z0-9_.\-/]{1,1011}$/;
const MAX_LEVELS = 15;
/** Pages of GetParametersByPath and DescribeParameters at most. */
const PATH_PAGE = 10;
const DESCRIBE_PAGE = 50;
const NAMES_LIMIT = 10;

/** The wire actions of Parameter Store. */
export function ssmActions(ssm: SimulatedSsm): ActionTable {
  return { ...readActions(ssm), ...writeActions(ssm) };
}

const arnOf = (call: Call, name: string): string =>
  parameterArn(call.caller.accountId, call.region, name.replace(/:\d+$/, ''));

function readActions(ssm: SimulatedSsm): ActionTable {
  return {
    GetParameter: action<GetParameterRequest, GetParameterResult>({
      mutates: false,
      resources: (call, { Name = '' }) => [arnOf(call, Name)],
      run: (call, { Name = '', WithDecryption }) => {
        const found = ssm.find(call, Name);
        if (found === undefined) throw notFound(Name);
        return { Parameter: wireParameter(call, found, WithDecryption === true) };
      },
    }),
    GetParameters: action<GetParametersRequest, GetParametersResult>({
      mutates: false,
      resources: (call, { Names }) => (Names ?? []).map((name) => arnOf(call, name)),
      run: (call, { Names: names = [], WithDecryption }) => {
        assertNames(names);
        const found = names.map((name) => ssm.find(call, name));
        return {
          Parameters: found
            .filter((stored) => stored !== undefined)
            .map((stored) => wireParameter(call, stored, WithDecryption === true)),
          InvalidParameters: names.filter((_name, index) => found[index] === undefined),
        };
      },
    }),
    GetParametersByPath: action<GetParametersByPathRequest, GetParametersByPathResult>({
      mutates: false,
      resources: (call, { Path = '' }) => [parameterArn(call.caller.accountId, call.region, Path)],
      run: (call, input) => {
        const { items, next } = page(byPath(ssm.list(call), input), input, PATH_PAGE);
        const isDecrypted = input.WithDecryption === true;
        return { Parameters: items.map((stored) => wireParameter(call, stored, isDecrypted)), ...next };
      },
    }),
    DescribeParameters: action<DescribeParametersRequest, DescribeParametersResult>({
      mutates: false,
      run: (call, input) => {
        const filters = input.ParameterFilters ?? [];
        const found = ssm.list(call).filter((stored) => filters.every((filter) => fits(stored, filter)));
        const { items, next } = page(found, input, DESCRIBE_PAGE);
        return { Parameters: items.map((stored) => metadataOf(call, stored)), ...next };
      },
    }),
  };
}

function writeActions(ssm: SimulatedSsm): ActionTable {
  return {
    PutParameter: action<PutParameterRequest, PutParameterResult>({
      mutates: true,
      resources: (call, { Name = '' }) => [arnOf(call, Name)],
      run: (call, input) => putParameter(ssm, call, input),
    }),
    DeleteParameter: action<DeleteParameterRequest, object>({
      mutates: true,
      resources: (call, { Name = '' }) => [arnOf(call, Name)],
      run: (call, { Name = '' }) => {
        if (!ssm.delete(call, Name)) throw notFound(Name);
        return {};
      },
    }),
    DeleteParameters: action<DeleteParametersRequest, DeleteParametersResult>({
      mutates: true,
      resources: (call, { Names }) => (Names ?? []).map((name) => arnOf(call, name)),
      run: (call, { Names: names = [] }) => {
        assertNames(names);
        const deleted = names.filter((name) => ssm.delete(call, name));
        return {
          DeletedParameters: deleted,
          InvalidParameters: names.filter((name) => !deleted.includes(name)),
        };
      },
    }),
  };
}

const notFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function assertNames(names: readonly string[]): void {
  if (names.length > 0 && names.length <= NAMES_LIMIT) return;
  throw invalid(
    `1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and ${NAMES_LIMIT}`,
  );
}

function putParameter(ssm: SimulatedSsm, call: Call, input: PutParameterRequest): PutParameterResult {
  const { Name: name = '', Value: value = '', Overwrite = false } = input;
  assertName(name);
  const present = ssm.find(call, name);
  if (present !== undefined && !Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = input.Type ?? present?.type;
  if (type === undefined) {
    throw invalid('A parameter type is required when you create a parameter.');
  }
  if (value === '')
    throw invalid(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (Buffer.byteLength(value) > VALUE_LIMIT) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${VALUE_LIMIT} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
  if (input.AllowedPattern !== undefined && !new RegExp(`^(?:${input.AllowedPattern})$`).test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${input.AllowedPattern}`,
    );
  }
  const { accountId } = call.caller;
  return { Version: ssm.put(accountId, call.region, name, value, type), Tier: 'Standard' };
}

function assertName(name: string): void {
  if (name.includes('/') && !name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name.');
  }
  if (!NAME.test(name)) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw name.startsWith('/aws') || name.startsWith('aws')
      ? new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
      : invalid('Parameter name: can\'t be prefixed with "ssm" (case-insensitive).');
  }
  if (name.split('/').length - 1 > MAX_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Parameter hierarchies can have a maximum of ${MAX_LEVELS} levels.`,
    );
  }
}

/** The parameters below a path, directly or at any depth. */
function byPath(all: readonly StoredParameter[], input: GetParametersByPathRequest): StoredParameter[] {
  const { Path: path = '', Recursive = false, ParameterFilters: filters = [] } = input;
  if (!path.startsWith('/')) {
    throw invalid(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return all.filter(
    (stored) =>
      stored.name.startsWith(prefix) &&
      (Recursive || !stored.name.slice(prefix.length).includes('/')) &&
      filters.every((filter) => fits(stored, filter)),
  );
}

function fits(
  stored: StoredParameter,
  { Key, Option = 'Equals', Values = [] }: ParameterStringFilter,
): boolean {
  const actual = Key === 'Type' ? stored.type : stored.name;
  if (Key !== 'Type' && Key !== 'Name') {
    throw new AwsError('InvalidFilterKey', `The following filter key is not valid here: ${Key}.`);
  }
  switch (Option) {
    case 'Equals':
      return Values.includes(actual);
    case 'BeginsWith':
      return Values.some((value) => actual.startsWith(value));
    case 'Contains':
      return Values.some((value) => actual.includes(value));
    default:
      throw new AwsError('InvalidFilterOption', `The following filter option is not valid: ${Option}.`);
  }
}

function metadataOf(call: Call, stored: StoredParameter) {
  const { Value: _value, ...rest } = wireParameter(call, stored, false);
  return {
    ...rest,
    LastModifiedUser: formatArn('iam', '', call.caller.accountId, 'root', partitionOf(call.region).id),
    Tier: 'Standard' as const,
    Policies: [],
  };
}

function page<Item>(
  items: readonly Item[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  highest: number,
): { items: Item[]; next: { NextToken?: string } } {
  const { MaxResults: max = highest, NextToken } = input;
  if (max < 1 || max > highest) {
    throw invalid(
      `1 validation error detected: Value '${max}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${highest}`,
    );
  }
  return pageOfList(items, max, NextToken, () => {
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  });
}
