import { AwsError } from '../types.ts';
import { parseForm, type FormNode } from './form.ts';
import type { WireRequest, WireResponse } from './http.ts';
import { readJson, writeJson } from './json.ts';
import { EC2_DIALECT, QUERY_DIALECT, readQuery, type QueryDialect } from './query-reader.ts';
import type { ErrorShape, Operation } from './schema.ts';
import { textElement, writeMembers, type XmlDialect } from './xml-writer.ts';

/** How a service speaks: one of AWS's protocols, bound to the service's names. */
export interface Protocol {
  /** The action that the request names; throws an {@link AwsError} when it names none. */
  actionOf(request: WireRequest): string;
  /** The error for an action that the service does not have. */
  unknownAction(action: string): AwsError;
  read(operation: Operation, request: WireRequest): unknown;
  write(operation: Operation, output: unknown, requestId: string): WireResponse;
  writeError(error: AwsError, requestId: string): WireResponse;
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const xmlAnswer = (status: number, requestId: string, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
  body: XML_HEAD + body,
});

/** The parameters of a request of the query family: a GET has them in its address, any other in its body. */
export const parametersOf = ({ method, query = '', body }: WireRequest): FormNode =>
  parseForm(method === 'GET' ? query : body);

function queryAction(request: WireRequest): string {
  const action = parametersOf(request).children.get('Action')?.value;
  if (action === undefined || action === '') {
    throw new AwsError('MissingAction', 'The request must contain the parameter Action');
  }
  return action;
}

function readForm(
  operation: Operation,
  request: WireRequest,
  dialect: QueryDialect,
  implied: Readonly<Record<string, string>> = {},
): unknown {
  const form = parametersOf(request);
  form.children.delete('Action');
  form.children.delete('Version');
  for (const [name, value] of Object.entries(implied)) {
    if (!form.children.has(name)) form.children.set(name, { value, children: new Map() });
  }
  return readQuery(operation.input, form, dialect);
}

/** EC2's own dialect: flat lists, no result element, errors inside `Response`. */
export function ec2Query(options: { version: string }): Protocol {
  const namespace = `http://ec2.amazonaws.com/doc/${options.version}/`;
  return {
    actionOf: queryAction,
    unknownAction: (name) =>
      new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`),
    read: (operation, request) => readForm(operation, request, EC2_DIALECT),
    write: ({ name, output: schema }, output, requestId) => {
      const members = writeMembers(schema, output);
      // Actions without an answer of their own still say that they worked.
      const body = schema.isUnitSchema() ? textElement('return', 'true') : members;
      return xmlAnswer(
        200,
        requestId,
        `<${name}Response xmlns="${namespace}">${textElement('requestId', requestId)}${body}</${name}Response>`,
      );
    },
    writeError: (error, requestId) => {
      const fields = textElement('Code', error.code) + textElement('Message', error.message);
      const id = textElement('RequestID', requestId);
      const body = `<Response><Errors><Error>${fields}</Error></Errors>${id}</Response>`;
      return xmlAnswer(error.httpStatus, requestId, body);
    },
  };
}

/** How a service that has left the query protocol named things in it; its schemas no longer say. */
export interface OldNames {
  read(action: string): QueryDialect;
  write(action: string): XmlDialect;
  /** Parameters that the request says otherwise than in its form. */
  implied(request: WireRequest): Readonly<Record<string, string>>;
  readonly errors: ReadonlyMap<string, ErrorShape>;
}

/** The query protocol of STS and SNS, and of older clients of SQS. */
export function awsQuery(options: { namespace: string; version: string; names?: OldNames }): Protocol {
  const { namespace, version, names } = options;
  return {
    actionOf: queryAction,
    unknownAction: (name) =>
      new AwsError('InvalidAction', `Could not find operation ${name} for version ${version}`),
    read: (operation, request) =>
      readForm(operation, request, names?.read(operation.name) ?? QUERY_DIALECT, names?.implied(request)),
    write: ({ name, output: schema }, output, requestId) => {
      const result = schema.isUnitSchema()
        ? ''
        : `<${name}Result>${writeMembers(schema, output, names?.write(name))}</${name}Result>`;
      const metadata = `<ResponseMetadata>${textElement('RequestId', requestId)}</ResponseMetadata>`;
      return xmlAnswer(
        200,
        requestId,
        `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`,
      );
    },
    writeError: (error, requestId) => {
      const type = error.httpStatus < 500 ? 'Sender' : 'Receiver';
      const code = names?.errors.get(error.code)?.queryCode ?? error.code;
      const fields =
        textElement('Type', type) + textElement('Code', code) + textElement('Message', error.message);
      const body = `<ErrorResponse xmlns="${namespace}"><Error>${fields}</Error>${textElement('RequestId', requestId)}</ErrorResponse>`;
      return xmlAnswer(error.httpStatus, requestId, body);
    },
  };
}

/** JSON 1.0 and 1.1. `queryErrors` is for a service that came from the query protocol and still tells its codes (SQS). */
export function awsJson(options: {
  version: '1.0' | '1.1';
  target: string;
  errorNamespace?: string;
  queryErrors?: ReadonlyMap<string, ErrorShape>;
}): Protocol {
  const { version, target, errorNamespace, queryErrors } = options;
  const answer = (status: number, requestId: string, body: unknown, extra = {}): WireResponse => ({
    status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId, ...extra },
    body: JSON.stringify(body),
  });
  return {
    actionOf: (request) => {
      const [service, action] = (request.headers['x-amz-target'] ?? '').split('.');
      if (service !== target || action === undefined) {
        throw new AwsError(
          'UnknownOperationException',
          'The requested operation is not recognized by the service.',
        );
      }
      return action;
    },
    unknownAction: () =>
      new AwsError('UnknownOperationException', 'The requested operation is not recognized by the service.'),
    read: (operation, request) => readJson(operation.input, parsedBody(request.body)),
    write: (operation, output, requestId) => answer(200, requestId, writeJson(operation.output, output)),
    writeError: (error, requestId) => {
      const side = error.httpStatus < 500 ? 'Sender' : 'Receiver';
      const shape = queryErrors?.get(error.code);
      const modelled = shape !== undefined && errorNamespace !== undefined;
      const type = modelled ? `${errorNamespace}#${error.code}` : error.code;
      const queryError = { 'x-amzn-query-error': `${shape?.queryCode ?? error.code};${side}` };
      const extra = queryErrors === undefined ? {} : queryError;
      const body = { __type: type, message: error.message, ...error.details };
      return answer(error.httpStatus, requestId, body, extra);
    },
  };
}

function parsedBody(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The body is not valid JSON');
  }
}
