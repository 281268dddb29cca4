// Behind `warmProcess`: runs programs one after the other in this process, each as if it had one of its own.

/** What `process.exit` throws here: the process goes on, for the next program. */
class Exit {
  constructor(status) {
    this.status = status
  }
}

/** `run(args)` runs the program; directory, environment, arguments and what it prints are its own. */
export function serve(program, run) {
  process.on('message', async ({ args, cwd, environment }) => {
    const said = { stdout: '', stderr: '' }
    const writes = ['stdout', 'stderr'].map((name) => [process[name], process[name].write, name])
    for (const [stream, , name] of writes) {
      stream.write = (text) => {
        said[name] += text
        return true
      }
    }
    const { exit } = process
    process.exit = (status) => {
      throw new Exit(status)
    }
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, environment)
    process.chdir(cwd)
    process.argv = [process.execPath, program, ...args]
    process.exitCode = undefined
    let failure
    let status
    try {
      await run(args)
    } catch (error) {
      if (error instanceof Exit) status = error.status
      else failure = String(error instanceof Error ? error.stack : error)
    }
    status ??= process.exitCode ?? 0
    process.exitCode = undefined
    process.exit = exit
    process.stdout.removeAllListeners('error')
    for (const [stream, write] of writes) stream.write = write
    // The directory goes with its test.
    process.chdir('/')
    process.send({ status, ...said, failure })
  })
}
