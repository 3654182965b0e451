import { parseDocument, YAMLMap, YAMLSeq, type CollectionTag, type ScalarTag } from 'yaml';

/** Functions whose short form may stand before a text, a list or a map. */
const FUNCTIONS = [
  'Sub',
  'GetAtt',
  'Join',
  'If',
  'Equals',
  'Select',
  'Split',
  'And',
  'Or',
  'Not',
  'FindInMap',
  'Base64',
  'ImportValue',
  'Cidr',
  'GetAZs',
  'Transform',
];

/**
 * Reads a template: JSON as the Serverless Framework writes it, or YAML with CloudFormation's short forms.
 * @throws Error with the place of the first fault
 */
export function parseTemplate(text: string): unknown {
  const document = parseDocument(text, { customTags: shortForms() });
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  return document.toJS();
}

function shortForms(): (ScalarTag | CollectionTag)[] {
  const names = [
    ['Ref', 'Ref'],
    ['Condition', 'Condition'],
    ...FUNCTIONS.map((name) => [name, `Fn::${name}`]),
  ];
  return names.flatMap(([short = '', long = '']): (ScalarTag | CollectionTag)[] => [
    {
      tag: `!${short}`,
      resolve: (text: string) => ({ [long]: long === 'Fn::GetAtt' ? getAtt(text) : text }),
    },
    { tag: `!${short}`, collection: 'seq', nodeClass: YAMLSeq, resolve: (list) => wrap(long, list) },
    { tag: `!${short}`, collection: 'map', nodeClass: YAMLMap, resolve: (map) => wrap(long, map) },
  ]);
}

/** The long form around a node, whose own short forms are resolved already. */
function wrap(name: string, value: unknown): YAMLMap {
  const map = new YAMLMap();
  map.set(name, value);
  return map;
}

/** `!GetAtt Queue.Arn`: the first dot parts the logical id from the attribute. */
function getAtt(text: string): readonly string[] {
  const [id = '', ...attribute] = text.split('.');
  return [id, attribute.join('.')];
}
