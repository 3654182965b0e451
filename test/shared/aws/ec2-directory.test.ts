import { SdkEc2Directory } from '../../../shared/aws/ec2.ts';
import { accountId, region } from '../../support/ids.ts';

const REGION = region('eu-west-1');
const account = (index: number) => accountId(String(index).padStart(12, '0'));

function aDirectory() {
  const made: string[] = [];
  const sessions = {
    open: () => undefined,
    provider: (id: string) => {
      made.push(id);
      return { accessKeyId: 'none', secretAccessKey: 'none' };
    },
  };
  const directory = new SdkEc2Directory(
    sessions,
    () => ({ region: REGION }),
    () => undefined,
  );
  return { made, directory };
}

it('a client is made once for its account and region', () => {
  const { made, directory } = aDirectory();
  expect(directory.in(account(1), REGION)).toBe(directory.in(account(1), REGION));
  expect(made).toHaveLength(1);
});

it('thousands of accounts do not leave thousands of clients: the last used are kept', () => {
  const { made, directory } = aDirectory();
  const first = directory.in(account(0), REGION);
  for (let index = 1; index < 100; index++) {
    directory.in(account(index), REGION);
    // In use all the time, and so never among the oldest.
    expect(directory.in(account(0), REGION)).toBe(first);
  }
  directory.in(account(99), REGION);
  expect(made).toHaveLength(100);
  directory.in(account(1), REGION);
  expect(made).toHaveLength(101);
});
