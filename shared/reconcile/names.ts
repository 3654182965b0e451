import { parseAccountId } from '../domain/facts/ids.ts';
import type { DomainEvent, NoticeDetail } from '../domain/words/notice.ts';
import type { Organization } from './ports.ts';

type Side = NonNullable<NoticeDetail['requester']>;

/**
 * The same events with the names of the accounts, as the organization calls them. Nearly always they are known from the
 * decision; a name that cannot be had keeps nobody from hearing the rest.
 */
export const withAccountNames = (
  events: readonly DomainEvent[],
  organization: Pick<Organization, 'nameOf'>,
): Promise<readonly DomainEvent[]> =>
  Promise.all(
    events.map(async ({ detailType, detail }) => {
      const [requester, accepter] = await Promise.all([
        withName(detail.requester, organization),
        withName(detail.accepter, organization),
      ]);
      const sides = {
        ...(requester === undefined ? {} : { requester }),
        ...(accepter === undefined ? {} : { accepter }),
      };
      return { detailType, detail: { ...detail, ...sides } };
    }),
  );

async function withName(
  side: Side | undefined,
  organization: Pick<Organization, 'nameOf'>,
): Promise<Side | undefined> {
  const accountId = parseAccountId(side?.accountId);
  if (side === undefined || accountId === undefined) return side;
  const accountName = await organization.nameOf?.(accountId).catch(() => undefined);
  return accountName === undefined || accountName === '' ? side : { ...side, accountName };
}
