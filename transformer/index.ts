export { type Extras, tsPatchPlugin as default } from './ts-patch/plugin.js'
