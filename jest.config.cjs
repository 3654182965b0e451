module.exports = {
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  // Pack and install, most of a minute each: `npm run test:package`. Work on whole programs, and take long: `npm run test:slow`.
  // In a browser: `npm run test:browser`.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/packaging/(tarball|staged-template|layers|bundles)\\.test',
    '/test/simulation/regressions\\.test',
    '/test/bench/',
    '/test/browser/',
  ],
  transform: {
    '(\\.ts|/(https-proxy-agent|agent-base|proxy-agent-negotiate|d3-hierarchy)/.+\\.m?js)$':
      '<rootDir>/test/support/esbuild-transform.cjs',
  },
  // These come as ES modules only, and Jest runs CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(https-proxy-agent|agent-base|proxy-agent-negotiate|d3-hierarchy)/)',
  ],
  globalSetup: '<rootDir>/test/support/package-once.cjs',
  // A test must not rest on the order of its neighbours; the seed is printed.
  randomize: true,
  // Jest leaves one core free by itself: of two that is half.
  maxWorkers: '100%',
  // Virtual days pass in real milliseconds, but a busy machine may take its time.
  testTimeout: 60_000,
};
