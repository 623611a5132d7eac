import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib/**', 'node_modules/**', 'coverage/**', 'src/api/schema.ts', '*.cjs'] },
  ...tseslint.configs.recommended,
  ...jupyter.configs.recommended
    .filter(config => config.files?.includes('**/*.ts'))
    .map(config => ({ ...config, files: ['**/*.ts', '**/*.tsx'], plugins: { jupyter } })),
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true },
          filter: { regex: '^Window$', match: false }
        }
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': ['error', { allowNamedFunctions: true }],
      // One small bundle that starts at once: splitting it would only add requests.
      'jupyter/prefer-lazy-imports': 'off',
      // The product speaks English only; see UI.md for its words.
      'jupyter/no-untranslated-string': 'off'
    }
  },
  prettier
);
