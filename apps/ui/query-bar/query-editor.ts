import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState, Prec, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, placeholder, type DecorationSet } from '@codemirror/view';
import { completionSource, type CompletionVocabulary } from './completion.ts';
import { queryLanguage } from './query-language.ts';
import { queryTheme } from './query-theme.ts';

export interface QueryEditorEvents {
  submitted(text: string): void;
  changed(text: string): void;
  left(): void;
  /** The query before or after a text in the history; null where there is none. */
  older(text: string): string | null;
  newer(text: string): string | null;
}

/** 0-based place of an error. */
export interface ErrorPlace {
  readonly from: number;
  readonly to: number;
}

const setError = StateEffect.define<ErrorPlace | null>();
const errorMark = Decoration.mark({ class: 'cm-query-error' });

const errorField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setError)) continue;
      const place = effect.value;
      return place === null || place.from >= place.to
        ? Decoration.none
        : Decoration.set([errorMark.range(place.from, place.to)]);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * The CodeMirror editor of the query. It lives in a shadow root: there its styles are constructed style
 * sheets, which a Content-Security-Policy without 'unsafe-inline' allows.
 */
export class QueryEditor {
  readonly #view: EditorView;

  constructor(host: HTMLElement, vocabulary: CompletionVocabulary, events: QueryEditorEvents) {
    const root = host.attachShadow({ mode: 'open' });
    this.#view = new EditorView({
      state: EditorState.create({ extensions: extensions(vocabulary, events) }),
      root,
      parent: root as unknown as Element,
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  set text(text: string) {
    if (text === this.text) return;
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: text },
      selection: { anchor: text.length },
    });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Marks a stretch of the text, to be written over. */
  select(from: number, to: number): void {
    const length = this.#view.state.doc.length;
    const anchor = Math.min(from, length);
    this.#view.dispatch({ selection: { anchor, head: Math.min(to, length) } });
    this.#view.focus();
  }

  markError(place: ErrorPlace | null): void {
    const length = this.#view.state.doc.length;
    const clamped =
      place === null
        ? null
        : {
            // What is missing at the end is shown at the last character.
            from: Math.max(0, Math.min(place.from, length - 1)),
            to: Math.max(0, Math.min(Math.max(place.to, place.from + 1), length)),
          };
    this.#view.dispatch({ effects: setError.of(clamped) });
  }

  destroy(): void {
    this.#view.destroy();
  }
}

/** Puts what is found for the text in its place; the key keeps its meaning where nothing is. */
function walk(find: (text: string) => string | null): (view: EditorView) => boolean {
  return (view) => {
    const found = find(view.state.doc.toString());
    if (found === null) return false;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: found },
      selection: { anchor: found.length },
    });
    return true;
  };
}

// eslint-disable-next-line no-restricted-syntax -- a query is the same in every language
const EXAMPLE = 'level:error AND message:"failed to connect"';

function extensions(vocabulary: CompletionVocabulary, events: QueryEditorEvents): Extension {
  const submit = (view: EditorView): boolean => {
    // Also one that is still on its way: Escape leaves the query then, and closes nothing first.
    closeCompletion(view);
    events.submitted(view.state.doc.toString());
    return true;
  };
  const leave = (view: EditorView): boolean => {
    view.contentDOM.blur();
    events.left();
    return true;
  };
  return [
    queryLanguage(),
    queryTheme,
    errorField,
    history(),
    closeBrackets(),
    autocompletion({
      override: [completionSource(vocabulary)],
      icons: false,
      defaultKeymap: true,
      // Nothing is chosen until an arrow key chooses it, so no key can be meant for the text.
      selectOnOpen: false,
      interactionDelay: 0,
      activateOnCompletion: (completion) => /[:<>=]$/.test(completion.apply?.toString() ?? ''),
    }),
    placeholder($localize`Search: ${EXAMPLE}:example:`),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': $localize`Query`,
      tabindex: '0',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      enterkeyhint: 'search',
    }),
    Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
    keymap.of([
      ...completionKeymap,
      { key: 'Enter', run: submit },
      { key: 'Escape', run: leave },
      { key: 'ArrowUp', run: walk((text) => events.older(text)) },
      { key: 'ArrowDown', run: walk((text) => events.newer(text)) },
      { key: 'Ctrl-Space', run: startCompletion },
      ...closeBracketsKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    // One line: what is pasted with line breaks becomes spaces.
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
      const text = transaction.newDoc.toString().replaceAll('\n', ' ');
      const length = transaction.startState.doc.length;
      return {
        changes: { from: 0, to: length, insert: text },
        selection: { anchor: transaction.newSelection.main.head },
      };
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) events.changed(update.state.doc.toString());
    }),
  ];
}
