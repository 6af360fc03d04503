/** What a key asks for; the page decides what that means now. */
export type Command =
  | 'query'
  | 'next'
  | 'previous'
  | 'open'
  | 'back'
  | 'context'
  | 'trace'
  | 'time'
  | 'live'
  | 'similar'
  | 'patterns'
  | 'wrap'
  | 'refresh'
  | 'save'
  | 'help';

const COMMANDS: Readonly<Record<string, Command>> = {
  '/': 'query',
  j: 'next',
  k: 'previous',
  Enter: 'open',
  Escape: 'back',
  c: 'context',
  t: 'trace',
  d: 'time',
  l: 'live',
  m: 'similar',
  p: 'patterns',
  w: 'wrap',
  r: 'refresh',
  s: 'save',
  '?': 'help',
};

/** Elements for which Enter has a meaning of their own. */
const PRESSED_BY_ENTER = 'button, a, summary, [role="slider"], [role="tab"]';

/** The command of a key; null while something is written, in a dialog, or with a modifier. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const command = COMMANDS[event.key] ?? null;
  const target = event.composedPath()[0];
  return command !== null && target instanceof Element && takes(target, command) ? null : command;
}

/** Whether the key is for the element itself. */
function takes(target: Element, command: Command): boolean {
  if (isWritten(target) || target.closest('dialog[open], [popover]:popover-open') !== null)
    return true;
  return command === 'open' && target.closest(PRESSED_BY_ENTER) !== null;
}

function isWritten(target: Element): boolean {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}
