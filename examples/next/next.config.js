import deche from 'deche/webpack'

const SOURCES = '*.{ts,tsx,js,jsx}'

export default {
  serverExternalPackages: ['deche'],
  // next build --webpack
  webpack(config) {
    config.plugins.push(deche())
    return config
  },
  // Turbopack, which takes loaders and no plugins
  turbopack: {
    rules: {
      [SOURCES]: { condition: { all: [{ not: 'foreign' }, { content: /@deche/ }] }, loaders: ['deche/loader'] },
    },
  },
}
