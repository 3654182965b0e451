// Jest's global set-up: the tests deploy the packaged template, so it must be there and current.
module.exports = async () => {
  const { ensurePackaged } = await import('../../sim/world/packaged-template.ts');
  ensurePackaged();
};
