import { plugin } from 'bun'
import deche from 'deche/bun'

plugin(deche())
