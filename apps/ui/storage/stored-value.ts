/**
 * A value that this browser keeps for the page. Null where there is none, where it has another form, or where the
 * browser's settings refuse storage.
 */
export function readStored<T>(key: string, is: (value: unknown) => value is T): T | null {
  try {
    const text = localStorage.getItem(key);
    const value: unknown = text === null ? null : JSON.parse(text);
    return is(value) ? value : null;
  } catch {
    return null;
  }
}

/** Where storage is refused or full, the value lasts as long as the page. */
export function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}
