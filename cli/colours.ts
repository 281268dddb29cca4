import picocolors from 'picocolors'

type Colours = ReturnType<typeof picocolors.createColors>

export type Palette = Pick<Colours, 'red' | 'green' | 'yellow' | 'bold' | 'dim'>

/** Colours on a terminal alone. picocolors knows NO_COLOR and FORCE_COLOR, and would also colour what CI writes to files. */
export const palette: Palette = picocolors.createColors(
  picocolors.isColorSupported && (process.stdout.isTTY || Boolean(process.env.FORCE_COLOR)),
)
