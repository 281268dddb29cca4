import type { StoreCaseOptions } from '../../runtime/testing/conformance.js'

/** For a store whose long listings have tests beside these: each file of it may be a request to be waited for. */
export const FEW: StoreCaseOptions = { files: 120 }
