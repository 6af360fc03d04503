/** The language of the page's texts, as it was built. */
const LANGUAGE = $localize.locale ?? 'en';
const FORM = /(=\d+|zero|one|two|few|many|other) \{([^{}]*)\}/g;

/** In the digits and groups of the page's language. */
export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(LANGUAGE, options);
}

/**
 * A text with a number in it, in the form that the language has for that number.
 *
 * @param forms as in an ICU message: `one {# event} other {# events}`; a translation has those of its own language
 * @param shown what stands for `#`
 */
export function counted(forms: string, count: number, shown = number(count)): string {
  const found = new Map([...forms.matchAll(FORM)].map(([, name = '', text = '']) => [name, text]));
  const form =
    found.get(`=${count}`) ??
    found.get(new Intl.PluralRules(LANGUAGE).select(count)) ??
    found.get('other') ??
    forms;
  return form.replaceAll('#', () => shown);
}

export function eventCount(count: number): string {
  return counted($localize`:number of events:one {# event} other {# events}`, count);
}

export function moreThan(count: number): string {
  return $localize`more than ${number(count)}:count:`;
}

export function moreThanEvents(count: number): string {
  return counted(
    $localize`:number of events:one {more than # event} other {more than # events}`,
    count,
  );
}
