import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import angular from 'angular-eslint';
import tseslint from 'typescript-eslint';

/** Texts and attributes that people read are marked for translation; the rest is listed. */
const I18N = {
  checkId: false,
  ignoreTags: ['code', 'kbd', 'meta', 'title', 'noscript'],
  ignoreAttributes: [
    'aria-controls',
    'aria-describedby',
    'aria-keyshortcuts',
    'aria-labelledby',
    'aria-live',
    'aria-orientation',
    'autocapitalize',
    'autocorrect',
    'closedby',
    'control',
    'd',
    'inputmode',
    'kind',
    'method',
    'preserveAspectRatio',
    'rel',
    'scope',
  ],
};
const READ = '/^(title|placeholder|label|ariaLabel|aria-label|aria-description|aria-valuetext)$/';
const UNTRANSLATED_IN_TEMPLATE = {
  selector: `:matches(BoundText, BoundAttribute[name=${READ}]) :not(Call) > :matches(LiteralPrimitive[value=/[A-Za-z]/], TemplateLiteralElement[text=/[A-Za-z]/])`,
  message: 'Mark the text by i18n, or take it from a $localize in the component.',
};
/** Two words, or one that begins like a sentence; names of keys are neither. */
const WORDS =
  '/^(?!(Home|End|Enter|Esc(ape)?|Delete|Backspace|Tab)$)[A-Z][a-z]+(?![A-Za-z])|[a-z.] [a-z]{2}/';
const NO_TEXT = [
  'Decorator *',
  'ImportDeclaration *',
  'TaggedTemplateExpression *',
  'ThrowStatement *',
  'Property[key.name=/^(key|query|message)$/] > *',
].join(', ');
const UNTRANSLATED = {
  selector: `:matches(Literal[value=${WORDS}], TemplateElement[value.raw=${WORDS}]):not(:matches(${NO_TEXT}))`,
  message: 'Text of the page is written as $localize`…`, so that it can be translated.',
};

export default defineConfig(
  {
    ignores: ['dist/', 'node_modules/', '.angular/', 'coverage/', 'libs/query/grammar/parser*.ts'],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ['error', 10],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest modules are classes whose decorators are their content.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['apps/ui/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
  },
  {
    files: ['apps/ui/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
    rules: {
      '@angular-eslint/template/i18n': ['error', I18N],
      'no-restricted-syntax': ['error', UNTRANSLATED_IN_TEMPLATE],
    },
  },
  {
    // Names of colours, of the grammar's nodes and of products look like texts.
    files: ['apps/ui/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/query-theme.ts', '**/query-language.ts', '**/browser-name.ts'],
    rules: { 'no-restricted-syntax': ['error', UNTRANSLATED] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        AbortSignal: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
);
