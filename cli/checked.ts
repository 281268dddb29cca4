import type { Diagnostic, Site } from '../transformer/types.js'

/** A source text and where it is, as people are told: relative to the working directory, with slashes. */
export interface Source {
  readonly file: string
  readonly text: string
}

export interface Problem {
  readonly source: Source
  readonly diagnostic: Diagnostic
  /** Of the function that the problem is with, where it has one. */
  readonly id?: string
}

export interface CheckedSite {
  readonly source: Source
  readonly site: Site
}

export interface Checked {
  /** How many files were looked at. */
  readonly files: number
  readonly sites: readonly CheckedSite[]
  /** Errors and warnings, in the order of files and texts. */
  readonly problems: readonly Problem[]
  /** Files whose tags nobody knows, and why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}
