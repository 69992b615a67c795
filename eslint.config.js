import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

import svelteConfig from './svelte.config.js'

const unused = ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]

/** Rooms of floor 1 see no clock, timer or random source (style, section 4). */
const effects = ['Math.random', 'Date.now', 'performance.now', 'crypto.getRandomValues']

export default ts.config(
  { ignores: ['dist', 'dev-dist', 'test-results', 'test/vectors', 'node_modules'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      '@typescript-eslint/no-unused-vars': unused,
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-undef': 'off',
      eqeqeq: ['error', 'always'],
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['src/{util,crypto,protocol,config,vm,consensus,post,poet,activation,mesh}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...effects.map((call) => {
          const [object, property] = call.split('.')
          return {
            selector: `MemberExpression[object.name='${object}'][property.name='${property}']`,
            message: `${call} is an effect: take it as a module (style, section 4).`,
          }
        }),
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'fetch', 'indexedDB'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig },
    },
  },
)
