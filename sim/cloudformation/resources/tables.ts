import type { Create } from './context.ts';

/** Billing, encryption and expiry of items are read and change nothing; protection is kept, to be told. */
export const createTable: Create = (properties, context, resource) => {
  const billing = properties.optionalText('BillingMode') ?? 'PROVISIONED';
  if (billing !== 'PAY_PER_REQUEST') {
    throw new Error(`${resource.logicalId}: the billing mode ${billing} is not modelled`);
  }
  const KeySchema = properties.objects('KeySchema').map((key) => {
    const read = { AttributeName: key.text('AttributeName'), KeyType: key.text('KeyType') };
    key.done();
    return read;
  });
  const AttributeDefinitions = properties.objects('AttributeDefinitions').map((attribute) => {
    const read = {
      AttributeName: attribute.text('AttributeName'),
      AttributeType: attribute.text('AttributeType'),
    };
    attribute.done();
    return read;
  });
  assertKeys(resource.logicalId, KeySchema, AttributeDefinitions);
  context.services.dynamodb.createTable(context.accountId, context.region, {
    TableName: resource.identity.ref,
    KeySchema,
    AttributeDefinitions,
  });
  const expiry = properties.object('TimeToLiveSpecification');
  if (expiry.flag('Enabled', false)) expiry.text('AttributeName');
  expiry.done();
  const recovery = properties.object('PointInTimeRecoverySpecification');
  const pointInTime = recovery.flag('PointInTimeRecoveryEnabled', false);
  recovery.done();
  const encryption = properties.object('SSESpecification');
  encryption.flag('SSEEnabled', false);
  encryption.done();
  const deletion = properties.flag('DeletionProtectionEnabled', false);
  const { accountId, region, services } = context;
  services.dynamodb.protect(accountId, region, resource.identity.ref, { deletion, pointInTime });
  properties.ignore('TableName', 'Tags');
};

/** The engine makes the table at its first use; a wrong one must not deploy. */
function assertKeys(
  logicalId: string,
  keys: readonly { AttributeName: string; KeyType: string }[],
  attributes: readonly { AttributeName: string; AttributeType: string }[],
): void {
  const kinds = keys.map(({ KeyType }) => KeyType).join();
  if (kinds !== 'HASH' && kinds !== 'HASH,RANGE') {
    throw new Error(`${logicalId}.KeySchema: one HASH key, and one RANGE key at most, in this order`);
  }
  const names = (list: readonly { AttributeName: string }[]): string =>
    list
      .map(({ AttributeName }) => AttributeName)
      .toSorted()
      .join();
  if (names(keys) !== names(attributes)) {
    throw new Error(`${logicalId}.AttributeDefinitions: the attributes of the keys, and no others`);
  }
  const wrong = attributes.find(({ AttributeType }) => !['S', 'N', 'B'].includes(AttributeType));
  if (wrong !== undefined)
    throw new Error(`${logicalId}: the type of ${wrong.AttributeName} is not S, N or B`);
}
