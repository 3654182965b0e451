import { paginateGetParametersByPath, SSM } from '@aws-sdk/client-ssm';
import { as, failureOf, MEMBER, newAws, STRANGER } from '../world/services-support.ts';

function setUp() {
  const aws = newAws();
  const ssm = new SSM(as(aws, MEMBER));
  const get = <T>(work: Promise<T>): Promise<T> => aws.clock.drive(work);
  const codeOf = async (work: Promise<unknown>) => (await failureOf(aws, work)).name;
  const put = (Name: string, Value = 'x') => get(ssm.putParameter({ Name, Value, Type: 'String' }));
  return { aws, ssm, get, codeOf, put };
}

describe('parameters', () => {
  it('have a version for each time they were put', async () => {
    const { ssm, get, put } = setUp();
    expect(await put('/app/url', 'one')).toMatchObject({ Version: 1, Tier: 'Standard' });
    const again = { Name: '/app/url', Value: 'two', Overwrite: true };
    expect(await get(ssm.putParameter(again))).toMatchObject({ Version: 2 });
    const valueOf = async (Name: string) => (await get(ssm.getParameter({ Name }))).Parameter?.Value;
    expect(await valueOf('/app/url')).toBe('two');
    expect(await valueOf('/app/url:1')).toBe('one');
  });

  it('are overwritten only on demand', async () => {
    const { ssm, codeOf, put } = setUp();
    await put('/app/url');
    const work = ssm.putParameter({ Name: '/app/url', Value: 'two', Type: 'String' });
    expect(await codeOf(work)).toBe('ParameterAlreadyExists');
  });

  it('are each account’s own', async () => {
    const { aws, codeOf, put } = setUp();
    await put('/app/url');
    const other = new SSM(as(aws, STRANGER));
    expect(await codeOf(other.getParameter({ Name: '/app/url' }))).toBe('ParameterNotFound');
  });

  it.each([
    ['a name with a blank', { Name: 'a b', Value: 'x', Type: 'String' }, 'ValidationException'],
    ['a path without its first slash', { Name: 'a/b', Value: 'x', Type: 'String' }, 'ValidationException'],
    ['a reserved name', { Name: '/aws/x', Value: 'x', Type: 'String' }, 'AccessDeniedException'],
    ['no type', { Name: '/a', Value: 'x' }, 'ValidationException'],
    ['too long a value', { Name: '/a', Value: 'x'.repeat(4097), Type: 'String' }, 'ValidationException'],
    [
      'too deep a path',
      { Name: '/a'.repeat(16), Value: 'x', Type: 'String' },
      'HierarchyLevelLimitExceededException',
    ],
    [
      'a value that does not fit its pattern',
      { Name: '/a', Value: 'x', Type: 'String', AllowedPattern: '\\d+' },
      'ParameterPatternMismatchException',
    ],
  ] as const)('are refused with %s', async (_, input, code) => {
    const { ssm, codeOf } = setUp();
    expect(await codeOf(ssm.putParameter(input))).toBe(code);
  });

  it('are found by path, directly below it or at any depth, in pages', async () => {
    const { aws, ssm, get, put } = setUp();
    for (let index = 0; index < 12; index++) await put(`/app/${String(index).padStart(2, '0')}`);
    await put('/app/deep/one');
    await put('/other/one');
    const { Parameters } = await get(ssm.getParametersByPath({ Path: '/app/deep' }));
    expect(Parameters?.map(({ Name }) => Name)).toEqual(['/app/deep/one']);
    const namesBelow = async (Recursive: boolean) => {
      const names: (string | undefined)[] = [];
      const pages = paginateGetParametersByPath({ client: ssm }, { Path: '/app', Recursive });
      for await (const page of pages) names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
      return names;
    };
    expect(await aws.clock.drive(namesBelow(false))).toHaveLength(12);
    expect(await aws.clock.drive(namesBelow(true))).toHaveLength(13);
  });

  it('are described without their values', async () => {
    const { ssm, get, put } = setUp();
    await put('/app/url', 'secret');
    const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/app'] }];
    const { Parameters } = await get(ssm.describeParameters({ ParameterFilters }));
    expect(Parameters).toMatchObject([{ Name: '/app/url', Type: 'String', Version: 1 }]);
    expect(JSON.stringify(Parameters)).not.toContain('secret');
  });

  it('are deleted, one or several', async () => {
    const { ssm, get, codeOf, put } = setUp();
    await put('/a');
    await put('/b');
    await get(ssm.deleteParameter({ Name: '/a' }));
    expect(await codeOf(ssm.deleteParameter({ Name: '/a' }))).toBe('ParameterNotFound');
    expect(await get(ssm.deleteParameters({ Names: ['/a', '/b'] }))).toMatchObject({
      DeletedParameters: ['/b'],
      InvalidParameters: ['/a'],
    });
  });
});
