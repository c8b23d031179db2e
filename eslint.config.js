import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Who may import whom: docs/decisions and the map in README.md. Each room names what it must not reach for. */
const room = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: forbidden.map(([regex, message]) => ({ regex, message })) },
    ],
  },
})

const NOT_IN_SHARED = [
  ['^node:', 'shared runs in browsers too'],
  [
    '^(?!\\.{1,2}/|@noble/|multiformats|zod$|canonicalize$|@ipld/dag-pb$|ipfs-unixfs$)',
    'shared imports only itself, noble, multiformats, zod, canonicalize and the UnixFS formats',
  ],
  [
    '^(?:\\.\\./)+(?:server|cli|stack|contracts|components|composables)/',
    'shared imports only itself',
  ],
]
const NOT_AT_DOORS = [
  [
    '/(?:adapters|models)(?:/|$)',
    'doors and clocks call a service; only the composition root knows adapters',
  ],
]

export default tseslint.config(
  {
    ignores: [
      '.nuxt/**',
      '.output/**',
      '.data/**',
      'node_modules/**',
      'contracts/artifacts/**',
      '**/*.d.ts',
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/multi-word-component-names': 'off',
      // Formatting is Prettier's.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions', 'methods'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['cli/**', 'stack/**', 'bench/**', 'contracts/**', 'tests/**', 'server/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['tests/**'], rules: { 'max-lines': ['error', 500] } },
  {
    files: ['shared/**'],
    rules: {
      'no-restricted-globals': ['error', 'Buffer', 'process', 'window', 'document', 'localStorage'],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now' }],
    },
  },
  room(['shared/**'], NOT_IN_SHARED),
  room(
    ['cli/**'],
    [['/(?:server|stack|components|composables|pages)/', 'the command line stands on shared']],
  ),
  room(
    ['pages/**', 'components/**', 'composables/**', 'stores/**', 'layouts/**'],
    [
      ['/server/', 'the browser reaches the server over HTTP'],
      ['/(?:cli|stack)/', 'the browser knows neither command line nor stack'],
    ],
  ),
  {
    ...room(['server/{api,routes,tasks,plugins,middleware,utils}/**'], NOT_AT_DOORS),
    ignores: ['server/plugins/compose.ts'],
  },
  room(
    ['server/services/**'],
    [['^h3$|^\\.\\./(?:api|utils|plugins|tasks|routes)/', 'a service never sees a request']],
  ),
  room(
    ['server/adapters/**', 'server/models/**'],
    [['/services/', 'services know adapters and models, never the other way round']],
  ),
)
