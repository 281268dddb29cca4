import { expect, it } from 'vitest'
import { recordingCommand, type Started } from '../../runtime/testing/command.js'

const NODE: Started = {
  env: {},
  argv: ['/usr/bin/node', '/home/ada/app/main.js'],
  execArgv: [],
  platform: 'linux',
  cwd: '/home/ada/app',
  testFile: undefined,
}

const agent = (name: string) => ({ npm_lifecycle_event: 'test', npm_config_user_agent: `${name}/11.0.0 node/v24` })
const bin = '/home/ada/app/node_modules'

it.for([
  ['node', {}, 'node main.js'],
  [
    'node with arguments',
    { argv: [...NODE.argv, '--city', 'New York'], execArgv: ['--import', 'tsx'] },
    'node --import tsx main.js --city "New York"',
  ],
  ['a script of npm', { env: agent('npm') }, 'npm run test'],
  ['a script of pnpm', { env: agent('pnpm') }, 'pnpm run test'],
  ['npx, which is no script', { env: { ...agent('npm'), npm_command: 'exec', VITEST: 'true' } }, 'npx vitest run'],
  ['Vitest', { env: { VITEST: 'true' }, testFile: '/home/ada/app/test/a.test.ts' }, 'npx vitest run test/a.test.ts'],
  ['Jest', { env: { JEST_WORKER_ID: '1' } }, 'npx jest'],
  ['node:test', { env: { NODE_TEST_CONTEXT: 'child-v8' } }, 'node --test main.js'],
  [
    'node:test with a loader, among the options that it hands down',
    {
      env: { NODE_TEST_CONTEXT: 'child-v8' },
      execArgv: ['--test-timeout=0', '--import', 'tsx', '--require=./setup.cjs', '--v8-pool-size=4'],
    },
    'node --import tsx --require=./setup.cjs --test main.js',
  ],
  ['Mocha', { argv: ['node', `${bin}/mocha/bin/mocha.js`, 'test'] }, 'npx mocha test'],
  ['a command in .bin', { argv: ['node', `${bin}/.bin/ava`] }, 'npx ava'],
] as const satisfies (readonly [string, Partial<Started>, string])[])(
  'the command under %s',
  ([, started, command]) => {
    expect(recordingCommand(undefined, { ...NODE, ...started })).toBe(`DECHE_MODE=on ${command}`)
  },
)

it('a command that is given is used, in the words of the system', () => {
  expect(recordingCommand('npm test', NODE)).toBe('DECHE_MODE=on npm test')
  expect(recordingCommand('npm test', { ...NODE, platform: 'win32' })).toBe('set "DECHE_MODE=on" && npm test')
})
