export default {
  roots: ['dist'],
  transform: {},
  setupFiles: ['deche'],
}
