const esModules = [
  '@codemirror',
  '@jupyter',
  '@jupyterlab',
  '@lezer',
  '@lumino',
  '@marijn',
  '@microsoft',
  '@rjsf',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'y-protocols',
  'yjs'
].join('|');

module.exports = {
  testEnvironment: 'jsdom',
  testRegex: '/__tests__/.*\\.spec\\.tsx?$',
  modulePathIgnorePatterns: [
    '<rootDir>/lib',
    '<rootDir>/../datalens_jupyter/labextension'
  ],
  moduleNameMapper: { '\\.(css|svg)$': '<rootDir>/jest.empty.cjs' },
  transform: {
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: { module: 'commonjs', allowJs: true } }],
    '^.+\\.jsx?$': ['ts-jest', { tsconfig: { module: 'commonjs', allowJs: true } }]
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`]
};
