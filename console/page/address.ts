import { useEffect, useState } from 'preact/hooks';

/** Where the page is: what stands behind the `#`, so that it can be sent to others and the browser can go back. */
export interface Address {
  readonly view: string;
  readonly query: Readonly<Record<string, string>>;
}

function read(): Address {
  const [view = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { view, query: Object.fromEntries(new URLSearchParams(query)) };
}

export const linkTo = (view: string, query: Readonly<Record<string, string>> = {}): string => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${view}${text === '' ? '' : `?${text}`}`;
};

/** Changes what is looked for, without a step in the browser's history for each letter. */
export function replaceQuery(view: string, query: Readonly<Record<string, string>>): void {
  history.replaceState(undefined, '', linkTo(view, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useAddress(): Address {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const changed = (): void => setAddress(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return address;
}
