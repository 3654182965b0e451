// Jest transform: TypeScript to CommonJS by esbuild, which is what packages the Lambda functions too.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source, path) => {
    const { code } = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node24',
      sourcemap: 'inline',
      sourcefile: path,
      // Jest runs CommonJS: import() becomes require().
      supported: { 'dynamic-import': false },
    });
    return { code };
  },
};
